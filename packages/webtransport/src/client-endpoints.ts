import type { Endpoint, Engine } from '@sluice/engine'

type Family = 'IPv4' | 'IPv6'

interface Shared {
  readonly endpoint: Promise<Endpoint>
  users: number
}

/** Endpoints that only dial, one for each engine and address family, shared by all dials and closed with the last one. */
const endpoints = new WeakMap<Engine, Map<Family, Shared>>()

/** An endpoint to dial from, until `release`. */
export interface BorrowedEndpoint {
  readonly endpoint: Endpoint
  /** To be called once, when the connection is gone. */
  release(): void
}

/** @throws EngineError as `Engine.bind` */
export async function borrowEndpoint(engine: Engine, family: Family): Promise<BorrowedEndpoint> {
  const families = endpoints.get(engine) ?? new Map<Family, Shared>()
  endpoints.set(engine, families)
  const shared = families.get(family) ?? {
    endpoint: engine.bind({ host: family === 'IPv4' ? '0.0.0.0' : '::', port: 0 }),
    users: 0,
  }
  families.set(family, shared)
  shared.users += 1
  const release = (): void => {
    shared.users -= 1
    if (shared.users > 0) return
    if (families.get(family) === shared) families.delete(family)
    // A failed bind was reported to those who waited for it.
    shared.endpoint.then((endpoint) => endpoint.close()).catch(() => {})
  }
  try {
    return { endpoint: await shared.endpoint, release }
  } catch (error) {
    release()
    throw error
  }
}
