import { laterHalf, type Point, slope } from './slope.ts'

/** What grows, and by how much it may. */
export type Held = 'heap' | 'resident'

/** A stream leaves nothing behind: anything that does is an object or more, so 16 bytes are less than the least leak. */
const perStream = 16

/**
 * Bytes by which a series moves for reasons of its own while nothing leaks: compiled code and caches in a heap; in a
 * resident set also pages that an allocator keeps, and all other threads of a browser.
 */
const allowance: Readonly<Record<Held, number>> = { heap: 1024 ** 2, resident: 24 * 1024 ** 2 }

/** Growth of one end while streams came and went. */
export interface Growth {
  /** Bytes a stream, over the later half of the samples. */
  readonly slope: number
  /** The most that it may be: less the more streams there were. */
  readonly bound: number
}

/** What a browser itself keeps differs from run to run. */
const controlMargin = 1.25

/**
 * @param samples of bytes held (y) after so many streams (x)
 * @param control bytes a stream that the browser keeps with nothing of ours in the page
 */
export function growth(held: Held, samples: readonly Point[], control = 0): Growth {
  const later = laterHalf(samples)
  const streams = (later.at(-1)?.x ?? 0) - (later[0]?.x ?? 0)
  return { slope: slope(later), bound: perStream + allowance[held] / streams + Math.max(0, control) * controlMargin }
}
