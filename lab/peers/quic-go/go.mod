module sluice.invalid/lab/reset-stream-at

go 1.26.0

require (
	github.com/quic-go/quic-go v0.64.1
	sluice.invalid/lab/common v0.0.0
)

require (
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/net v0.56.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace sluice.invalid/lab/common => ../common
