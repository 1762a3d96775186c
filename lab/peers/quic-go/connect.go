package main

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/quic-go/quic-go"

	"sluice.invalid/lab/common/certificate"
	"sluice.invalid/lab/common/lines"
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
func (p *peer) serve(ctx context.Context, out *lines.Reporter) error {
	cert, hash, err := certificate.SelfSigned()
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	listener, err := quic.Listen(socket, &tls.Config{
		Certificates: []tls.Certificate{cert},
		NextProtos:   []string{alpn},
	}, quicConfig())
	if err != nil {
		return err
	}
	out.Event("listening", lines.Fields{"port": socket.LocalAddr().(*net.UDPAddr).Port, "certificateHash": hash})
	go func() {
		conn, err := listener.Accept(ctx)
		if err != nil {
			return
		}
		p.adopt(conn)
		out.Event("connected", nil)
	}()
	return nil
}

// dial checks the certificate by its hash alone.
func (p *peer) dial(ctx context.Context, address, hash string) error {
	trust := certificate.Trust(hash)
	trust.NextProtos = []string{alpn}
	conn, err := quic.DialAddr(ctx, address, trust, quicConfig())
	if err != nil {
		return err
	}
	p.adopt(conn)
	return nil
}
