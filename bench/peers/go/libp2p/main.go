// Command libp2p is go-libp2p over WebTransport as a peer of the bench: `serve`, or `drive MULTIADDR`.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	webtransport "github.com/libp2p/go-libp2p/p2p/transport/webtransport"
	"github.com/multiformats/go-multiaddr"

	bench "sluice.bench/peers/internal/peer"
)

const (
	echo = protocol.ID("/echo/1.0.0")
	perf = protocol.ID("/perf/1.0.0")
)

var modules = []string{
	"github.com/libp2p/go-libp2p",
	"github.com/quic-go/webtransport-go",
	"github.com/quic-go/quic-go",
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		serve()
	} else if len(os.Args) == 3 && os.Args[1] == "drive" {
		drive(os.Args[2])
	} else {
		bench.Fail(errors.New("usage: libp2p serve | drive MULTIADDR"))
	}
}

func serve() {
	node := start(libp2p.ListenAddrStrings("/ip4/127.0.0.1/udp/0/quic-v1/webtransport"))
	node.SetStreamHandler(echo, func(stream network.Stream) {
		if _, err := io.Copy(stream, stream); err != nil {
			stream.Reset()
			return
		}
		stream.Close()
	})
	node.SetStreamHandler(perf, func(stream network.Stream) {
		if err := bench.Answer(stream); err != nil {
			stream.Reset()
			return
		}
		stream.Close()
	})
	addresses, err := peer.AddrInfoToP2pAddrs(host.InfoFromHost(node))
	if err != nil {
		bench.Fail(err)
	}
	bench.Ready(addresses[0].String(), modules...)
	bench.Serve()
}

func drive(address string) {
	parsed, err := multiaddr.NewMultiaddr(address)
	if err != nil {
		bench.Fail(err)
	}
	remote, err := peer.AddrInfoFromP2pAddr(parsed)
	if err != nil {
		bench.Fail(err)
	}
	node := start(libp2p.NoListenAddrs)
	bench.Ready("", modules...)
	bench.Drive(driver{node: node, remote: *remote})
}

// start makes a node without limits of its own: what is measured is the transport.
func start(listen libp2p.Option) host.Host {
	node, err := libp2p.New(
		listen,
		libp2p.Transport(webtransport.New),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
	if err != nil {
		bench.Fail(err)
	}
	return node
}

type driver struct {
	node   host.Host
	remote peer.AddrInfo
}

func (d driver) Dial() (bench.Connection, error) {
	if d.node.Network().Connectedness(d.remote.ID) == network.Connected {
		// A node keeps to the connection that it has: another connection takes another node.
		d.node = start(libp2p.NoListenAddrs)
	}
	d.node.Peerstore().AddAddrs(d.remote.ID, d.remote.Addrs, peerstore.PermanentAddrTTL)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	opened, err := d.node.Network().DialPeer(ctx, d.remote.ID)
	if err != nil {
		return nil, err
	}
	return connection{d, opened}, nil
}

type connection struct {
	driver
	opened network.Conn
}

func (c connection) Exchange() error {
	stream, err := c.node.NewStream(context.Background(), c.remote.ID, echo)
	if err != nil {
		return err
	}
	return end(stream, bench.Exchange(stream))
}

func (c connection) Upload(n int64) error {
	stream, err := c.node.NewStream(context.Background(), c.remote.ID, perf)
	if err != nil {
		return err
	}
	return end(stream, bench.Upload(stream, n))
}

func (c connection) Close() error { return c.opened.Close() }

// end releases both halves of a stream that is done.
func end(stream network.Stream, failure error) error {
	if failure != nil {
		stream.Reset()
		return failure
	}
	return stream.Close()
}
