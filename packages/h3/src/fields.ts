/** A field line: its name in lower case, its value one character a byte (latin-1). */
export type Field = readonly [name: string, value: string]

/** Field lines in order. */
export type Fields = readonly Field[]

/** Size of a field section that is read at most, in bytes, as SETTINGS_MAX_FIELD_SECTION_SIZE announces it. */
export const DEFAULT_MAX_FIELD_SECTION_SIZE = 16_384

/** The value of a field; several lines are joined (RFC 9110, 5.3). Undefined when there is none. */
export function fieldValue(fields: Fields, name: string): string | undefined {
  const values = fields.filter((field) => field[0] === name).map((field) => field[1])
  return values.length === 0 ? undefined : values.join(', ')
}

/** RFC 9110, 5.6.2, without capitals (RFC 9114, 4.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/** RFC 9110, 5.5: visible characters, space, tab and the upper half. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Fields about an HTTP/1 connection, which HTTP/3 forbids (RFC 9114, 4.2). */
const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** Why a field may not be in a message, or undefined if it may. */
export function fieldProblem([name, value]: Field): string | undefined {
  if (!NAME.test(name)) return `field name ${JSON.stringify(name)} is not a lower-case token`
  if (!VALUE.test(value)) return `the value of ${name} has characters that a field value cannot have`
  if (CONNECTION_FIELDS.has(name)) return `${name} has no place in HTTP/3`
  if (name === 'te' && value !== 'trailers') return 'te may only be "trailers"'
  return undefined
}
