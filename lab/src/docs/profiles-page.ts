import {
  type FaultCode,
  KNOWN_FAULTS,
  type PeerStrategy,
  PROFILES,
  type RefillPolicy,
  type RotationBound,
  UNKNOWN,
} from '@sluice/credit'

const HEAD = `# Peer profiles

Sluice treats each peer in the way that its stack bears. Which stack it is follows from what the peer shows: the user
agent of its CONNECT, its SETTINGS and transport parameters, and what it calls itself in libp2p's identify, as soon as
that is there. In a page the browser knows itself. Where several rows fit, the most careful one counts; a peer that
shows nothing known is treated as the specifications say.

\`session.profile\` tells which row was chosen; \`webTransportSession(connection)\` gives the session of a libp2p
connection. This page is made from the table in \`packages/credit/src/profiles\`: \`npm run docs:profiles\`.
`

const STRATEGY_HEAD = `## What Sluice does

| stack | a stream not yet answered | cutting a half off | the close of its session | largest code | in its page, instead of a cancel | in its page, all has arrived when | session exchanged after |
|---|---|---|---|---|---|---|---|
`

/** docs/profiles.md. */
export function profilesPage(): string {
  const rows = [...PROFILES, UNKNOWN]
  const stacks = rows.map(({ name, title, limits, refill, faults }) =>
    row(
      `\`${name}\``,
      title,
      `${limits.bidi ?? '?'} / ${limits.uni ?? '?'}`,
      refillWords(refill),
      faults.map(faultLink).join(', ') || 'none known',
    ),
  )
  const strategies = rows.map(({ name, strategy }) => row(`\`${name}\``, ...strategyWords(strategy)))
  const faults = Object.entries(KNOWN_FAULTS).map(
    ([code, { what, seen, answer }]) => `### ${code}\n\n${what}\n\n- Seen: ${seen}.\n- Sluice: ${answer}\n`,
  )
  return [
    HEAD,
    '## Stacks\n\n| name | stack | streams it grants at first, bidi / uni | tells of returned credit | known faults |\n|---|---|---|---|---|',
    `${stacks.join('\n')}\n`,
    STRATEGY_HEAD + strategies.join('\n'),
    '\n## Faults\n',
    faults.join('\n'),
  ].join('\n')
}

function rotationWords({ streams, bytes, unreleased }: RotationBound): string {
  return [
    streams === undefined ? [] : `${streams} streams`,
    bytes === undefined ? [] : `${bytes / 1_048_576} MiB`,
    unreleased === undefined ? [] : `in its page: ${unreleased} streams of the peer that it does not let go`,
  ]
    .flat()
    .join(' or ')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function faultLink(code: FaultCode): string {
  return `[${code}](#${code})`
}

function refillWords(refill: RefillPolicy): string {
  switch (refill.kind) {
    case 'each':
      return 'for each stream'
    case 'step':
      return `for 1/${1 / refill.fraction} of the window at once`
    case 'unknown':
      return 'learned while it runs'
  }
}

function strategyWords(strategy: PeerStrategy): readonly string[] {
  const { settle, cut, goneStreams, maxErrorCode, cancel, delivered, rotateAfter } = strategy
  return [
    settle === 0 ? 'reset at any time' : `not reset or stopped before its first byte or ${settle} ms`,
    cut === 'each-half' ? 'each by itself' : 'RESET_STREAM and STOP_SENDING together',
    goneStreams === 'reset' ? 'at once, streams are reset' : `after ${settle} ms, streams are left alone`,
    maxErrorCode === 0xffff_ffff ? '2^32-1' : String(maxErrorCode),
    cancel === 'drain' ? 'read to the end' : 'cancel',
    delivered === 'answer' ? 'the peer has ended its half too' : '`close()` resolves',
    rotateAfter === undefined ? 'never' : rotationWords(rotateAfter),
  ]
}
