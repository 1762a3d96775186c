import { againstApplications } from './failure-modes/applications.ts'
import { inBrowsers } from './failure-modes/browsers.ts'
import { againstGo } from './failure-modes/go.ts'
import { againstHabits } from './failure-modes/habits.ts'
import { againstSessionLimits } from './failure-modes/session-flow-control.ts'
import type { Scenario } from './scenario.ts'

/** Known ways in which stream credit goes wrong, each against a peer that shows it, in the order of their numbers. */
export const failureModes: readonly Scenario[] = [
  ...againstApplications,
  ...againstGo,
  ...againstHabits,
  ...againstSessionLimits,
  ...inBrowsers,
].toSorted((a, b) => (a.name < b.name ? -1 : 1))
