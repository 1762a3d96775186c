export { memoryEngine } from './endpoint.ts'
export { MemoryNetwork, type Schedule } from './network.ts'
