import { parentPort, workerData } from 'node:worker_threads'
import { quinnEngine } from '../quinn.ts'
import { runRounds } from './rounds.ts'

await runRounds(quinnEngine, workerData.rounds)
parentPort?.postMessage('done')
