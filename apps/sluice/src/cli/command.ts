/** What a command may touch of its process, so that a test can stand in for it. */
export interface CommandIo {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** A subcommand of `sluice`. */
export interface Command {
  readonly help: string
  /** Runs to its end and says the exit code. @throws SluiceError, whose message is for the user */
  run(args: readonly string[], io: CommandIo): Promise<number>
}

/** How a subcommand is listed; its code is loaded only when it is called. */
export interface CommandEntry {
  readonly summary: string
  load(): Promise<Command>
}
