#!/bin/sh
# The namespace keeps closed workflows for 30 days; the register, not Temporal, is the record of what happened.
set -eu
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
