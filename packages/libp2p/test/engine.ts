import { quinnEngine } from '@sluice/webtransport'

/** The engine that the tests of this package run on. */
export const engine = quinnEngine
