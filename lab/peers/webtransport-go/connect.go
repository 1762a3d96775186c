package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/webtransport-go"

	"sluice.invalid/lab/common/certificate"
	"sluice.invalid/lab/common/lines"
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

func serve(config *webtransport.Config, out *lines.Reporter, onSession func(*webtransport.Session)) error {
	cert, hash, err := certificate.SelfSigned()
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	server := &webtransport.Server{Config: config}
	server.H3 = &http3.Server{
		TLSConfig:  http3.ConfigureTLSConfig(&tls.Config{Certificates: []tls.Certificate{cert}}),
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
	out.Event("listening", lines.Fields{"port": socket.LocalAddr().(*net.UDPAddr).Port, "certificateHash": hash})
	go func() { _ = server.Serve(socket) }()
	return nil
}

// dial checks the certificate by its hash alone.
func dial(ctx context.Context, url, hash string, config *webtransport.Config) (*webtransport.Session, error) {
	transport := &webtransport.Transport{
		Config:          config,
		QUICConfig:      quicConfig(),
		TLSClientConfig: certificate.Trust(hash),
	}
	_, session, err := transport.Dial(ctx, url, nil)
	return session, err
}
