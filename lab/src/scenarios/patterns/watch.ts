import type { Connection } from '@libp2p/interface'
import { webTransportSession } from '@sluice/libp2p'
import { Times } from './times.ts'

/** What our end of a connection says, and when. */
export class Watch extends Times {
  /** @param beganAt when the peer did what is wrong, where it is a moment that it knows */
  constructor(connection: Connection, beganAt: () => number | undefined = () => undefined) {
    super()
    const session = webTransportSession(connection)
    session?.onVerdict((verdict) => this.heard(verdict, this.oldest, performance.now()))
    // The end of a session is told by `closed` alone; the session says so when asked.
    session?.closed.then(() => {
      if (session.verdict?.code === 'session-gone') this.heard(session.verdict, beganAt(), performance.now())
    })
  }

  /** An open begins; the function that comes back is called when it has its stream. */
  begin(): () => void {
    const opened = this.opens(performance.now())
    return () => opened(performance.now())
  }
}
