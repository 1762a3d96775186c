import { type Random, seededRandom } from '@sluice/engine/virtual'

/** Choices that a seed repeats. */
export class Chance {
  readonly #random: Random

  /** @param seeds mixed into one; each further number gives a stream of choices of its own */
  constructor(...seeds: readonly number[]) {
    // Each number goes through the generator, so that neighbours have nothing in common.
    this.#random = seededRandom(seeds.reduce((mixed, seed) => seededRandom(mixed ^ seed)() * 2 ** 32, 0x51_0c_e5))
  }

  /** From 0 up to, not including, 1. */
  share(): number {
    return this.#random()
  }

  /** A whole number, both bounds included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1))
  }

  /** A whole number whose magnitude is even, so that small ones come as often as large ones. */
  magnitude(least: number, most: number): number {
    return Math.round(least * (most / least) ** this.#random())
  }

  /** True for a share of all calls. */
  happens(share: number): boolean {
    return this.#random() < share
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.#random() * choices.length)] ?? choices[0]
  }
}
