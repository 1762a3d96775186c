package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	webtransport "github.com/libp2p/go-libp2p/p2p/transport/webtransport"
	ma "github.com/multiformats/go-multiaddr"

	"sluice.invalid/lab/common/lines"
)

var errNotConnected = errors.New("no peer is connected")

// node is a host without limits of its own, so that what is measured is the transport.
type node struct {
	host    host.Host
	mailbox *mailbox
}

func newNode(out *lines.Reporter, listen ...string) (*node, error) {
	options := []libp2p.Option{
		libp2p.Transport(webtransport.New),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
	}
	if len(listen) > 0 {
		options = append(options, libp2p.ListenAddrStrings(listen...))
	} else {
		options = append(options, libp2p.NoListenAddrs)
	}
	h, err := libp2p.New(options...)
	if err != nil {
		return nil, err
	}
	h.SetStreamHandler(echoProtocol, serveEcho)
	h.SetStreamHandler(perfProtocol, servePerf)
	received := newMailbox()
	h.SetStreamHandler(messageProtocol, received.serve)
	h.Network().Notify(&network.NotifyBundle{
		ConnectedF: func(_ network.Network, c network.Conn) {
			out.Event("connected", lines.Fields{"peerId": c.RemotePeer().String(), "direction": direction(c.Stat().Direction)})
		},
		DisconnectedF: func(_ network.Network, c network.Conn) {
			out.Event("disconnected", lines.Fields{"peerId": c.RemotePeer().String(), "direction": direction(c.Stat().Direction)})
		},
	})
	addresses := []string{}
	for _, address := range h.Addrs() {
		addresses = append(addresses, fmt.Sprintf("%s/p2p/%s", address, h.ID()))
	}
	out.Event("listening", lines.Fields{"peerId": h.ID().String(), "addresses": addresses})
	return &node{host: h, mailbox: received}, nil
}

func (n *node) Close() error { return n.host.Close() }

func (n *node) dial(ctx context.Context, address string) (any, error) {
	parsed, err := ma.NewMultiaddr(address)
	if err != nil {
		return nil, err
	}
	info, err := peer.AddrInfoFromP2pAddr(parsed)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := n.host.Connect(ctx, *info); err != nil {
		return nil, err
	}
	return lines.Fields{"peerId": info.ID.String(), "milliseconds": milliseconds(start)}, nil
}

// remote is the one peer that this node is connected to, and its oldest connection.
func (n *node) remote() (network.Conn, error) {
	conns := n.host.Network().Conns()
	if len(conns) == 0 {
		return nil, errNotConnected
	}
	return conns[0], nil
}

func (n *node) identify(ctx context.Context) (any, error) {
	conn, err := n.remote()
	if err != nil {
		return nil, err
	}
	service, ok := n.host.(interface{ IDService() identify.IDService })
	if !ok {
		return nil, errors.New("the host has no identify service")
	}
	select {
	case <-service.IDService().IdentifyWait(conn):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	protocols, err := n.host.Peerstore().GetProtocols(conn.RemotePeer())
	if err != nil {
		return nil, err
	}
	agent, err := n.host.Peerstore().Get(conn.RemotePeer(), "AgentVersion")
	if err != nil {
		return nil, fmt.Errorf("identify brought no agent version: %w", err)
	}
	return lines.Fields{"peerId": conn.RemotePeer().String(), "protocols": protocols, "agent": agent}, nil
}

func (n *node) ping(ctx context.Context, count int) (any, error) {
	conn, err := n.remote()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := ping.Ping(ctx, n.host, conn.RemotePeer())
	rtts := []float64{}
	for range max(count, 1) {
		select {
		case result := <-results:
			if result.Error != nil {
				return nil, result.Error
			}
			rtts = append(rtts, float64(result.RTT.Microseconds())/1000)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return lines.Fields{"milliseconds": rtts}, nil
}

func (n *node) connections() any {
	all := []lines.Fields{}
	for _, conn := range n.host.Network().Conns() {
		all = append(all, lines.Fields{
			"peerId":    conn.RemotePeer().String(),
			"address":   conn.RemoteMultiaddr().String(),
			"direction": direction(conn.Stat().Direction),
			"streams":   len(conn.GetStreams()),
		})
	}
	return all
}

func (n *node) disconnect() error {
	conn, err := n.remote()
	if err != nil {
		return err
	}
	return n.host.Network().ClosePeer(conn.RemotePeer())
}

func direction(d network.Direction) string {
	if d == network.DirInbound {
		return "inbound"
	}
	return "outbound"
}

func milliseconds(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }
