/** Transport parameters that tell stacks apart (RFC 9000, 18.2). */
export interface TransportParameterSigns {
  readonly initialMaxStreamsBidi: number
  readonly initialMaxStreamsUni: number
  readonly resetStreamAt: boolean
}

/** What a peer shows of itself; the more there is, the narrower the profile. */
export interface PeerSigns {
  /** `user-agent` of its CONNECT; in a page `navigator.userAgent` of its own runtime. */
  readonly userAgent?: string | undefined
  /** What it calls itself in identify; js-libp2p puts the browser's user agent in. */
  readonly agentVersion?: string | undefined
  /** SETTINGS of HTTP/3, identifier to value. */
  readonly settings?: ReadonlyMap<number, number> | undefined
  readonly transportParameters?: TransportParameterSigns | undefined
}

/** What a row of the table asks of SETTINGS and transport parameters; null: must not be there. */
export interface WireSigns {
  readonly settings?: Readonly<Record<number, number | null>>
  readonly transportParameters?: Partial<TransportParameterSigns>
}

/** Whether a peer shows all of it; what it has not shown cannot match. */
export function shows({ settings, transportParameters }: PeerSigns, wanted: WireSigns): boolean {
  const { settings: wantedSettings = {}, transportParameters: wantedParameters = {} } = wanted
  return (
    Object.entries(wantedSettings).every(
      ([id, value]) => settings !== undefined && (settings.get(Number(id)) ?? null) === value,
    ) &&
    Object.entries(wantedParameters).every(
      ([name, value]) => transportParameters?.[name as keyof TransportParameterSigns] === value,
    )
  )
}
