import { engineConformance } from './conformance.ts'
import { virtualEngine } from './virtual/index.ts'

engineConformance(virtualEngine(), { sockets: false })
