/** Three significant figures, thousands with a space: 1.23, 45.6, 789, 12 300. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  const rounded = Number(value.toPrecision(3))
  const [whole = '', fraction] = rounded.toFixed(Math.min(digits, 6)).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** A ratio, as in `2.31 x`. */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)} x`
}

/** Seconds of processor time for one piece of work, in a unit that fits: `12.3 us`. */
export function duration(seconds: number): string {
  if (seconds >= 1) return `${figure(seconds)} s`
  if (seconds >= 1e-3) return `${figure(seconds * 1e3)} ms`
  if (seconds >= 1e-6) return `${figure(seconds * 1e6)} us`
  return `${figure(seconds * 1e9)} ns`
}
