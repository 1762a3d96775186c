import type { CommandEntry } from './command.ts'

/** Every subcommand by name. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: 'Run a libp2p node that browsers and go-libp2p reach over WebTransport, and watch its stream credit',
    load: async () => (await import('../serve/command.ts')).serveCommand,
  },
  lab: {
    summary: 'Run Sluice against real browsers, go-libp2p and peers that misbehave, scenario by scenario',
    load: async () => (await import('../lab/command.ts')).labCommand,
  },
}
