import type { CreditLayer, Opener, ReceiveState, SendState, StreamKind } from '@sluice/credit'
import { InvalidLedgerMessageError } from '../errors.ts'
import {
  type EndLedger,
  type LedgerAccount,
  type LedgerStream,
  MAX_ACCOUNTS,
  MAX_OWNER,
  MAX_STREAMS,
} from './end-ledger.ts'

/** Bytes of one message; an answer lists fewer streams rather than be longer. */
export const MAX_MESSAGE = 65_536

/**
 * What one end asks of the other. 'rotate': dial a fresh session, please; only a dialler can. 'watch': as 'ledger', but
 * answered only when a stream that the other end opened stays unanswered, or after a while.
 */
export type LedgerQuestion = 'ledger' | 'rotate' | 'watch'

/** 'later': the peer asks too often. 'no': it does not do that here. */
export type LedgerAnswer = EndLedger | 'later' | 'no' | 'yes'

const LAYERS: readonly CreditLayer[] = ['quic', 'session']
const KINDS: readonly StreamKind[] = ['bidi', 'uni']
const OPENERS: readonly Opener[] = ['us', 'them']
const SENDS: readonly SendState[] = ['open', 'finished', 'ended', 'reset']
const RECEIVES: readonly ReceiveState[] = ['open', 'ended', 'reset', 'stopped']
const WORDS = ['later', 'no', 'yes'] as const
const QUESTIONS: readonly LedgerQuestion[] = ['ledger', 'rotate', 'watch']

export function encodeQuestion(ask: LedgerQuestion): Uint8Array {
  return encode({ ask })
}

/** @throws InvalidLedgerMessageError */
export function decodeQuestion(bytes: Uint8Array): LedgerQuestion {
  return oneOf(object(parse(bytes), 'question'), 'ask', QUESTIONS)
}

/** The newest streams are left out when all together would be longer than a message may be. */
export function encodeAnswer(answer: LedgerAnswer): Uint8Array {
  if (typeof answer === 'string') return encode({ answer })
  for (let streams = answer.streams; ; streams = streams.slice(0, Math.floor(streams.length / 2))) {
    const bytes = encode({ ...answer, streams })
    if (bytes.byteLength <= MAX_MESSAGE || streams.length === 0) return bytes
  }
}

/**
 * Reads an answer of a peer that may send anything: every field is checked, and what is not known is left out.
 *
 * @throws InvalidLedgerMessageError
 */
export function decodeAnswer(bytes: Uint8Array): LedgerAnswer {
  const message = object(parse(bytes), 'answer')
  if ('answer' in message) return oneOf(message, 'answer', WORDS)
  const { exact } = message
  if (typeof exact !== 'boolean') throw new InvalidLedgerMessageError('exact is not a boolean')
  const streams = list(message, 'streams', MAX_STREAMS).map(stream)
  const live = count(message, 'live')
  if (live < streams.length) throw new InvalidLedgerMessageError('more streams are listed than are alive')
  return { exact, accounts: list(message, 'accounts', MAX_ACCOUNTS).map(account), live, streams }
}

function account(value: unknown): LedgerAccount {
  const fields = object(value, 'account')
  const opened = count(fields, 'opened')
  const accepted = count(fields, 'accepted')
  const retired = count(fields, 'retired')
  if (accepted > opened || retired > opened) {
    throw new InvalidLedgerMessageError('more streams are accepted or retired than were opened')
  }
  return {
    layer: oneOf(fields, 'layer', LAYERS),
    kind: oneOf(fields, 'kind', KINDS),
    opener: oneOf(fields, 'opener', OPENERS),
    limit: orNull(fields, 'limit'),
    opened,
    accepted,
    retired,
    waiting: count(fields, 'waiting'),
    blockedFor: orNull(fields, 'blockedFor'),
  }
}

function stream(value: unknown): LedgerStream {
  const fields = object(value, 'stream')
  const { send, receive, owner } = fields
  if (owner !== null && (typeof owner !== 'string' || owner.length > MAX_OWNER)) {
    throw new InvalidLedgerMessageError('owner is no short text')
  }
  return {
    id: orNull(fields, 'id'),
    kind: oneOf(fields, 'kind', KINDS),
    opener: oneOf(fields, 'opener', OPENERS),
    owner,
    age: count(fields, 'age'),
    acceptedFor: orNull(fields, 'acceptedFor'),
    send: send === null ? null : oneOf(fields, 'send', SENDS),
    receive: receive === null ? null : oneOf(fields, 'receive', RECEIVES),
    closedFor: orNull(fields, 'closedFor'),
  }
}

function encode(message: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message))
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new InvalidLedgerMessageError('it is not JSON', { cause })
  }
}

type Fields = Readonly<Record<string, unknown>>

function object(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidLedgerMessageError(`${name} is no object`)
  }
  return value as Fields
}

function list(fields: Fields, name: string, max: number): readonly unknown[] {
  const value = fields[name]
  if (Array.isArray(value) && value.length <= max) return value
  throw new InvalidLedgerMessageError(`${name} is no list of at most ${max}`)
}

function oneOf<T extends string>(fields: Fields, name: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === fields[name])
  if (word !== undefined) return word
  throw new InvalidLedgerMessageError(`${name} is none of ${words.join(', ')}`)
}

/** Also the bound of a stream id and of a time: what is larger cannot be counted exactly here. */
function count(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidLedgerMessageError(`${name} is no count`)
}

function orNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : count(fields, name)
}
