// Command webtransport is webtransport-go as a peer of the bench: `serve`, or `drive URL`.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/webtransport-go"

	"sluice.bench/peers/internal/peer"
)

var modules = []string{"github.com/quic-go/webtransport-go", "github.com/quic-go/quic-go"}

// Stream limit and windows are those that go-libp2p gives its WebTransport listener.
var quicConfig = &quic.Config{
	MaxIncomingStreams:               256,
	MaxStreamReceiveWindow:           10 << 20,
	MaxConnectionReceiveWindow:       15 << 20,
	EnableDatagrams:                  true,
	EnableStreamResetPartialDelivery: true,
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		serve()
	} else if len(os.Args) == 3 && os.Args[1] == "drive" {
		peer.Ready("", modules...)
		peer.Drive(driver{url: os.Args[2]})
	} else {
		peer.Fail(errors.New("usage: webtransport serve | drive URL"))
	}
}

func serve() {
	certificate, err := selfSigned()
	if err != nil {
		peer.Fail(err)
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		peer.Fail(err)
	}
	mux := http.NewServeMux()
	server := &webtransport.Server{H3: &http3.Server{
		Handler:    mux,
		TLSConfig:  &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{http3.NextProtoH3}},
		QUICConfig: quicConfig,
	}}
	mux.HandleFunc("/perf", func(response http.ResponseWriter, request *http.Request) {
		session, err := server.Upgrade(response, request)
		if err != nil {
			fmt.Fprintln(os.Stderr, "upgrade:", err)
			return
		}
		go answer(session)
	})
	go func() {
		if err := server.Serve(socket); err != nil {
			peer.Fail(err)
		}
	}()
	peer.Ready(fmt.Sprintf("https://%s/perf", socket.LocalAddr()), modules...)
	peer.Serve()
}

func answer(session *webtransport.Session) {
	for {
		accepted, err := session.AcceptStream(context.Background())
		if err != nil {
			return
		}
		go func() {
			if err := peer.Answer(stream{accepted}); err != nil {
				accepted.CancelRead(0)
				accepted.CancelWrite(0)
			}
		}()
	}
}

type driver struct{ url string }

func (d driver) Dial() (peer.Connection, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	transport := &webtransport.Transport{
		// The certificate is made for one run and the peer is our own child on loopback.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{http3.NextProtoH3}},
		QUICConfig:      quicConfig,
	}
	_, session, err := transport.Dial(ctx, d.url, nil)
	if err != nil {
		return nil, err
	}
	return connection{session}, nil
}

type connection struct{ session *webtransport.Session }

func (c connection) Exchange() error {
	opened, err := c.session.OpenStreamSync(context.Background())
	if err != nil {
		return err
	}
	return peer.Exchange(stream{opened})
}

func (c connection) Upload(n int64) error {
	opened, err := c.session.OpenStreamSync(context.Background())
	if err != nil {
		return err
	}
	return peer.Upload(stream{opened}, n)
}

func (c connection) Close() error { return c.session.CloseWithError(0, "") }

type stream struct{ *webtransport.Stream }

func (s stream) CloseWrite() error { return s.Close() }

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: key}, nil
}
