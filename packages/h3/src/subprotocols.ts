import { InvalidFieldError } from './errors.ts'

/** Header fields of application protocol negotiation (draft-ietf-webtrans-http3, 3.3). */
export const AVAILABLE_PROTOCOLS = 'wt-available-protocols'
export const SELECTED_PROTOCOL = 'wt-protocol'

/**
 * Reads WT-Available-Protocols, a structured list of strings (RFC 9651, 3.1 and 3.3.3), most wanted first. Parameters
 * are dropped. Undefined for anything else, which makes the field count as absent.
 */
export function parseAvailableProtocols(value: string): string[] | undefined {
  const parser = new Parser(value)
  const protocols: string[] = []
  parser.skip(SPACE)
  while (!parser.atEnd) {
    const protocol = parser.string()
    if (protocol === undefined || !parser.parameters()) return undefined
    protocols.push(protocol)
    parser.skip(OPTIONAL_WHITESPACE)
    if (parser.atEnd) break
    if (!parser.accept(',')) return undefined
    parser.skip(OPTIONAL_WHITESPACE)
    if (parser.atEnd) return undefined
  }
  return protocols.length === 0 ? undefined : protocols
}

/** Reads WT-Protocol, a structured item that is a string. Undefined for anything else, which counts as absent. */
export function parseSelectedProtocol(value: string): string | undefined {
  const parser = new Parser(value)
  parser.skip(SPACE)
  const protocol = parser.string()
  if (protocol === undefined || !parser.parameters()) return undefined
  parser.skip(SPACE)
  return parser.atEnd ? protocol : undefined
}

/** The value of WT-Available-Protocols. @throws InvalidFieldError as `formatSelectedProtocol` */
export function formatAvailableProtocols(protocols: readonly string[]): string {
  return protocols.map(formatSelectedProtocol).join(', ')
}

/** The value of WT-Protocol. @throws InvalidFieldError for what is not visible ASCII or space (RFC 9651, 4.1.6) */
export function formatSelectedProtocol(protocol: string): string {
  if (!/^[\x20-\x7e]*$/.test(protocol)) {
    throw new InvalidFieldError(`protocol ${JSON.stringify(protocol)} has characters outside visible ASCII`)
  }
  return `"${protocol.replaceAll(/[\\"]/g, '\\$&')}"`
}

const SPACE = /[ ]*/y
const OPTIONAL_WHITESPACE = /[ \t]*/y
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y
const PARAMETER_KEY = /; *[a-z*][a-z0-9_\-.*]*/y
/** A bare item (RFC 9651, 3.3), only as far as it must be told from what follows it. */
const BARE_ITEM =
  /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"|-?[0-9]{1,15}(?:\.[0-9]{1,3})?|[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*|:[A-Za-z0-9+/=]*:|\?[01]|@-?[0-9]{1,15}/y

/** A cursor over a field value; each step is one anchored expression without nesting, so time is linear. */
class Parser {
  readonly #text: string
  #offset = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#offset === this.#text.length
  }

  accept(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false
    this.#offset += 1
    return true
  }

  skip(expression: RegExp): boolean {
    return this.#match(expression) !== undefined
  }

  string(): string | undefined {
    return this.#match(STRING)?.[1]?.replaceAll(/\\(.)/g, '$1')
  }

  /** Skips `;key=value` parameters; false when they are malformed. */
  parameters(): boolean {
    while (this.#text[this.#offset] === ';') {
      if (!this.skip(PARAMETER_KEY)) return false
      if (this.accept('=') && !this.skip(BARE_ITEM)) return false
    }
    return true
  }

  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#offset
    const match = expression.exec(this.#text)
    if (match === null) return undefined
    this.#offset += match[0].length
    return match
  }
}
