import type { CommandOptions, EchoResult, StreamsOptions, StreamsResult } from '../peers/commands.ts'

/** What a WebTransport peer of the lab does when asked (lab/peers/README.md). */
export interface SessionCommands {
  echo: { options: CommandOptions & { readonly size: number }; result: EchoResult }
  streams: { options: StreamsOptions; result: StreamsResult }
  unis: {
    options: CommandOptions & { readonly count: number; readonly size: number }
    result: { readonly answered: number; readonly milliseconds: number }
  }
  datagrams: {
    options: CommandOptions & { readonly count: number; readonly size: number }
    result: { readonly sent: number; readonly answered: number }
  }
  close: { options: CommandOptions & { readonly code: number; readonly reason: string }; result: null }
}

export type SessionEvent =
  | { readonly event: 'listening'; readonly port: number; readonly certificateHash: string }
  | { readonly event: 'connected' }
  | { readonly event: 'disconnected'; readonly reason: string }
