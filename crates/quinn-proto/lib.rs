//! Nothing: this package only pins the release of quinn-proto that the patches are for.
