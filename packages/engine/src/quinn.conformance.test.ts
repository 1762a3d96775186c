import { engineConformance } from './conformance.ts'
import { quinnEngine } from './quinn.ts'

engineConformance(quinnEngine)
