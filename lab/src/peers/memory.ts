/** What a peer's process or page holds, in bytes, after a garbage collection. */
export interface MemoryReport {
  /** JavaScript heap and what it holds outside; null where the platform does not tell. */
  readonly heap: number | null
  /** Resident set of the process; null where the peer does not know it, as in a page. */
  readonly resident: number | null
}
