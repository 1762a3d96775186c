/**
 * The parts of the `sluice` command that other programs use: the services that its node answers and their clients,
 * and the shapes of what it prints.
 */
export type { FullReport, Report, ReportedError } from './page/report.ts'
export type { ConnectionReport } from './serve/connection-report.ts'
export { DEMO_PROTOCOL, demo, requestStreams } from './services/demo.ts'
export { ECHO_PROTOCOL, echo, echoOnce } from './services/echo.ts'
export { measurePerf, PERF_PROTOCOL, type PerfRequest, type PerfResult, perf } from './services/perf.ts'
export { type RunMode, type RunOptions, type RunPlan, type RunResult, runStreams } from './services/stream-run.ts'
