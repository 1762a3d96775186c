import { againstSlowReaders } from './failure-modes/applications.ts'
import { failureModes } from './failure-modes.ts'
import { go3038 } from './go-3038.ts'
import type { Scenario } from './scenario.ts'

/** Every scenario there is, in the order in which they are listed and run. */
export const scenarios: readonly Scenario[] = [...go3038, ...failureModes, ...againstSlowReaders]
