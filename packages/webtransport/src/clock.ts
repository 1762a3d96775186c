export { type Clock, systemClock } from '@sluice/engine'
