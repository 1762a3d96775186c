export { type Clock, systemClock } from './clock.ts'
export type * from './engine.ts'
export { EngineError, type EngineErrorCode } from './errors.ts'
export { quinnEngine } from './quinn.ts'
