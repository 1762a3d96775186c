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
	"math/big"
	"net"
	"time"

	"github.com/quic-go/quic-go"
)

const alpn = "sluice-lab"

// streamLimit is small, so that a stream whose credit does not come back is noticed soon.
const streamLimit = 32

func quicConfig() *quic.Config {
	return &quic.Config{
		EnableStreamResetPartialDelivery: true,
		MaxIncomingStreams:               streamLimit,
		MaxIncomingUniStreams:            streamLimit,
		KeepAlivePeriod:                  5 * time.Second,
	}
}

// serve takes one connection.
func (p *peer) serve(ctx context.Context, print func(fields)) error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	listener, err := quic.Listen(socket, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		NextProtos:   []string{alpn},
	}, quicConfig())
	if err != nil {
		return err
	}
	hash := sha256.Sum256(certificate.Certificate[0])
	print(fields{
		"event":           "listening",
		"port":            socket.LocalAddr().(*net.UDPAddr).Port,
		"certificateHash": hex.EncodeToString(hash[:]),
	})
	go func() {
		conn, err := listener.Accept(ctx)
		if err != nil {
			return
		}
		p.adopt(conn)
		print(fields{"event": "connected"})
	}()
	return nil
}

// dial checks the certificate by its hash alone.
func (p *peer) dial(ctx context.Context, address, hash string) error {
	conn, err := quic.DialAddr(ctx, address, &tls.Config{
		InsecureSkipVerify: true,
		NextProtos:         []string{alpn},
		VerifyPeerCertificate: func(chain [][]byte, _ [][]*x509.Certificate) error {
			if sum := sha256.Sum256(chain[0]); hex.EncodeToString(sum[:]) != hash {
				return errors.New("the certificate has another hash")
			}
			return nil
		},
	}, quicConfig())
	if err != nil {
		return err
	}
	p.adopt(conn)
	return nil
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
