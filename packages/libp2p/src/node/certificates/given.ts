import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { type Certhash, certhash, MAX_CERTHASHES } from '../../certhash.ts'
import { InvalidCertificateError } from '../../errors.ts'
import type { WebTransportCertificate } from '../../types.ts'
import type { ServerCertificate } from './certificate.ts'
import type { CertificateSource } from './source.ts'

/** Certificates that the user handed in: the first is served, the second advertised as the next. They do not rotate. */
export class GivenCertificates implements CertificateSource {
  readonly current: ServerCertificate
  readonly advertised: readonly Certhash[]
  readonly confirmed: readonly Certhash[]

  /** @throws InvalidCertificateError */
  constructor(certificates: readonly WebTransportCertificate[]) {
    const [current, ...others] = certificates.map(parse)
    if (current === undefined) throw new InvalidCertificateError('certificates is an empty list; leave it out')
    this.current = current
    this.confirmed = [current, ...others].map((each) => each.hash)
    this.advertised = this.confirmed.slice(0, MAX_CERTHASHES)
  }

  onChange(): () => void {
    return () => {}
  }

  start(): void {}

  stop(): void {}
}

function parse(given: WebTransportCertificate): ServerCertificate {
  try {
    const certificate = new X509Certificate(given.pem)
    const privateKey = createPrivateKey(given.privateKey)
    if (!certificate.checkPrivateKey(privateKey)) throw new RangeError('the key is not that of the certificate')
    return {
      certificate: Uint8Array.from(certificate.raw),
      privateKey: Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })),
      hash: certhash(Uint8Array.from(createHash('sha256').update(certificate.raw).digest())),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
    }
  } catch (cause) {
    throw new InvalidCertificateError('a given certificate or its private key cannot be used', { cause })
  }
}
