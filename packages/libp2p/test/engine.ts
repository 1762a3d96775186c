import { memoryEngine } from '@sluice/engine/memory'

/** The engine that the tests of this package run on. One instance: endpoints of one memory engine reach each other. */
export const engine = memoryEngine()
