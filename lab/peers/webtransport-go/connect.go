package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/webtransport-go"
)

// parseLimits reads BIDI,UNI,DATA: what the other end may use of a session.
func parseLimits(text string) (*webtransport.Config, error) {
	var c webtransport.Config
	if _, err := fmt.Sscanf(text, "%d,%d,%d", &c.MaxIncomingStreams, &c.MaxIncomingUniStreams, &c.MaxIncomingData); err != nil {
		return nil, fmt.Errorf("limits %q: %w", text, err)
	}
	return &c, nil
}

func quicConfig() *quic.Config {
	return &quic.Config{
		EnableDatagrams:                  true,
		EnableStreamResetPartialDelivery: true,
		KeepAlivePeriod:                  5 * time.Second,
	}
}

func serve(config *webtransport.Config, print func(fields), onSession func(*webtransport.Session)) error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	server := &webtransport.Server{Config: config}
	server.H3 = &http3.Server{
		TLSConfig:  http3.ConfigureTLSConfig(&tls.Config{Certificates: []tls.Certificate{certificate}}),
		QUICConfig: quicConfig(),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			session, err := server.Upgrade(w, r)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			onSession(session)
		}),
	}
	hash := sha256.Sum256(certificate.Certificate[0])
	print(fields{
		"event":           "listening",
		"port":            socket.LocalAddr().(*net.UDPAddr).Port,
		"certificateHash": hex.EncodeToString(hash[:]),
	})
	go func() { _ = server.Serve(socket) }()
	return nil
}

// dial checks the certificate by its hash alone.
func dial(ctx context.Context, url, hash string, config *webtransport.Config) (*webtransport.Session, error) {
	transport := &webtransport.Transport{
		Config:     config,
		QUICConfig: quicConfig(),
		TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true,
			VerifyPeerCertificate: func(chain [][]byte, _ [][]*x509.Certificate) error {
				if sum := sha256.Sum256(chain[0]); hex.EncodeToString(sum[:]) != hash {
					return errors.New("the certificate has another hash")
				}
				return nil
			},
		},
	}
	_, session, err := transport.Dial(ctx, url, nil)
	return session, err
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(10 * 24 * time.Hour),
		DNSNames:     []string{"localhost"},
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
