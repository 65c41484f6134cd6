#!/bin/sh
# Makes the namespace and Baton's search attributes where they are missing. Safe to repeat; the container is restarted
# when a step fails, because a new namespace takes some seconds to be known everywhere.
set -eu

temporal operator cluster health
temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 72h

present=$(temporal operator search-attribute list)
while read -r name type; do
  if ! echo "$present" | grep -qw "$name"; then
    temporal operator search-attribute create --name "$name" --type "$type"
  fi
done <<ATTRIBUTES
BatonTeam Keyword
BatonState Keyword
BatonRun Keyword
BatonPhase Keyword
BatonTenant Keyword
BatonApprovals KeywordList
ATTRIBUTES
