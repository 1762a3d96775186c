/** What tests of the layers above need of an engine. */
export { makeCertificate, type TestCertificate } from './certificate.ts'
export { watchedEngine } from './watched-engine.ts'
