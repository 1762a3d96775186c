import type { Millis } from '@sluice/credit'

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/** A number with three significant digits at least, and its thousands apart: 0.42, 3.14, 52,300. */
export function number(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function count(value: number): string {
  return value.toLocaleString('en')
}

export function bytes(value: number): string {
  const unit = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10))
  const amount = value / 1024 ** unit
  return `${Number.isInteger(amount) ? count(amount) : number(amount)} ${UNITS[unit]}`
}

export function duration(value: Millis): string {
  return value < 1000 ? `${number(value)} ms` : `${number(value / 1000)} s`
}

export function perSecond(amount: number, milliseconds: Millis): number {
  return milliseconds > 0 ? (amount * 1000) / milliseconds : 0
}
