import type { GIVES_UP } from './giving-up.ts'
import type { RawWayName } from './raw-ways.ts'
import type { WayName } from './ways.ts'

/** How the two ends of a stream treat it. */
export interface Treatment {
  readonly opens: WayName | RawWayName | typeof GIVES_UP
  /** What the other end does, where its libp2p hands it the stream. */
  readonly handles: WayName
  /** Bytes that whoever opens sends. */
  readonly bytes: number
}

const SMALL = 100
/** More than any read-ahead here; some eighty such bodies, cancelled, wedge a session of Firefox's. */
const LARGE = 300_000

const treat = (opens: Treatment['opens'], handles: WayName, bytes = SMALL): Treatment => ({ opens, handles, bytes })

/** Every way in which a browser was seen to stall with another transport, at either end, and what else applications do. */
export const treatments: readonly Treatment[] = [
  treat('well', 'well'),
  treat('well', 'well', LARGE),
  treat('keeps', 'keeps'),
  treat('gives up opening', 'well'),
  treat('well', 'drops'),
  treat('well', 'writes and drops'),
  treat('well', 'pauses', LARGE),
  treat('well', 'never closes'),
  treat('well', 'never reads'),
  treat('well', 'never reads', LARGE),
  treat('well', 'stops reading'),
  treat('well', 'stops reading', LARGE),
  treat('well', 'reads and aborts'),
  treat('well', 'aborts'),
  treat('well', 'throws'),
  treat('well', 'rejects'),
  treat('never closes', 'well'),
  treat('writes and aborts', 'well'),
  treat('writes and aborts', 'never reads'),
  treat('writes and aborts', 'never closes'),
  treat('aborts', 'well'),
  treat('stops reading', 'well'),
  treat('stops and closes', 'well'),
  treat('stops and closes', 'drops'),
  treat('never reads', 'well', LARGE),
  treat('drops', 'drops'),
  treat('closes twice', 'closes twice'),
  treat('raw: resets at once', 'well'),
  treat('raw: resets its half alone', 'well'),
  treat('raw: stops at once and finishes', 'well'),
  treat('raw: finishes at once', 'well'),
]

/** What a treatment is called in reports. */
export function treatmentName({ opens, handles, bytes }: Treatment): string {
  return `${opens} > ${handles}${bytes === SMALL ? '' : `, ${bytes} bytes`}`
}
