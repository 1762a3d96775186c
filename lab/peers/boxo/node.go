package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ipfs/boxo/bitswap"
	"github.com/ipfs/boxo/bitswap/network/bsnet"
	"github.com/ipfs/boxo/blockstore"
	blocks "github.com/ipfs/go-block-format"
	"github.com/ipfs/go-cid"
	"github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	webtransport "github.com/libp2p/go-libp2p/p2p/transport/webtransport"

	"sluice.invalid/lab/common/lines"
)

// node serves its blocks to whoever wants them, and fetches others.
type node struct {
	host    host.Host
	bitswap *bitswap.Bitswap
	cids    []string
}

func newNode(ctx context.Context, out *lines.Reporter, all []blocks.Block) (*node, error) {
	h, err := libp2p.New(
		libp2p.Transport(webtransport.New),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/udp/0/quic-v1/webtransport"),
	)
	if err != nil {
		return nil, err
	}
	store := blockstore.NewBlockstore(dssync.MutexWrap(datastore.NewMapDatastore()))
	if err := store.PutMany(ctx, all); err != nil {
		return nil, err
	}
	// No finder of providers: whoever is connected is asked.
	n := &node{host: h, bitswap: bitswap.New(ctx, bsnet.NewFromIpfsHost(h), nil, store)}
	for _, block := range all {
		n.cids = append(n.cids, block.Cid().String())
	}
	h.Network().Notify(&network.NotifyBundle{
		ConnectedF:    func(_ network.Network, c network.Conn) { out.Event("connected", peerOf(c)) },
		DisconnectedF: func(_ network.Network, c network.Conn) { out.Event("disconnected", peerOf(c)) },
	})
	addresses := []string{}
	for _, address := range h.Addrs() {
		addresses = append(addresses, fmt.Sprintf("%s/p2p/%s", address, h.ID()))
	}
	out.Event("listening", lines.Fields{"peerId": h.ID().String(), "addresses": addresses})
	return n, nil
}

func (n *node) close() {
	_ = n.bitswap.Close()
	_ = n.host.Close()
}

// fetch gets blocks from the peers that are connected. Bitswap has checked each against its CID before it hands it over.
func (n *node) fetch(ctx context.Context, texts []string) (any, error) {
	ids := make([]cid.Cid, len(texts))
	for i, text := range texts {
		id, err := cid.Decode(text)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	start := time.Now()
	last := start
	slowest := time.Duration(0)
	arriving, err := n.bitswap.NewSession(ctx).GetBlocks(ctx, ids)
	if err != nil {
		return nil, err
	}
	count, bytes := 0, 0
	for block := range arriving {
		now := time.Now()
		slowest = max(slowest, now.Sub(last))
		last = now
		count++
		bytes += len(block.RawData())
	}
	return lines.Fields{
		"blocks":         count,
		"bytes":          bytes,
		"milliseconds":   milliseconds(time.Since(start)),
		"longestSilence": milliseconds(slowest),
	}, nil
}

// streams counts the live streams of all connections by protocol, and what bitswap has sent and received.
func (n *node) streams() (any, error) {
	live := map[string]int{}
	for _, conn := range n.host.Network().Conns() {
		for _, stream := range conn.GetStreams() {
			live[string(stream.Protocol())]++
		}
	}
	stat, err := n.bitswap.Stat()
	if err != nil {
		return nil, err
	}
	return lines.Fields{"live": live, "blocksSent": stat.BlocksSent, "blocksReceived": stat.BlocksReceived}, nil
}

func peerOf(c network.Conn) lines.Fields { return lines.Fields{"peerId": c.RemotePeer().String()} }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
