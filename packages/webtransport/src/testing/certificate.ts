import { makeCertificate, type TestCertificate } from '@sluice/engine/testing'

/** The certificate of every test server. */
export const CERTIFICATE: TestCertificate = makeCertificate()
