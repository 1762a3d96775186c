import { type Engine, quinnEngine } from '@sluice/engine'

/** The QUIC engine that the lab's own ends run on. */
export function labEngine(): Engine {
  return quinnEngine
}
