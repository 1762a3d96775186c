package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"

	"sluice.invalid/lab/common/lines"
)

const perfProtocol = "/perf/1.0.0"

// servePerf answers an upload of any length with as many bytes as its first eight asked for (libp2p perf).
func servePerf(s network.Stream) {
	var asked [8]byte
	if _, err := io.ReadFull(s, asked[:]); err != nil {
		_ = s.Reset()
		return
	}
	if _, err := io.Copy(io.Discard, s); err != nil {
		_ = s.Reset()
		return
	}
	if _, err := io.Copy(s, pattern(int(binary.BigEndian.Uint64(asked[:])))); err != nil {
		_ = s.Reset()
		return
	}
	_ = s.Close()
}

func (n *node) perf(ctx context.Context, upload, download uint64) (any, error) {
	s, err := n.open(ctx, perfProtocol)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	received, uploaded, err := runPerf(s, upload, download)
	if err != nil {
		_ = s.Reset()
		return nil, err
	}
	_ = s.Close()
	if received != download {
		return nil, fmt.Errorf("asked for %d bytes, got %d", download, received)
	}
	return lines.Fields{
		"uploadMilliseconds":   float64(uploaded.Microseconds()) / 1000,
		"downloadMilliseconds": milliseconds(start.Add(uploaded)),
	}, nil
}

func runPerf(s network.Stream, upload, download uint64) (received uint64, uploaded time.Duration, err error) {
	start := time.Now()
	if err := binary.Write(s, binary.BigEndian, download); err != nil {
		return 0, 0, err
	}
	if _, err := io.Copy(s, pattern(int(upload))); err != nil {
		return 0, 0, err
	}
	if err := s.CloseWrite(); err != nil {
		return 0, 0, err
	}
	uploaded = time.Since(start)
	count, err := io.Copy(io.Discard, s)
	return uint64(count), uploaded, err
}

// open negotiates a stream to the connected peer; reads and writes obey the deadline of ctx.
func (n *node) open(ctx context.Context, id protocol.ID) (network.Stream, error) {
	conn, err := n.remote()
	if err != nil {
		return nil, err
	}
	s, err := n.host.NewStream(ctx, conn.RemotePeer(), id)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := s.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	return s, nil
}
