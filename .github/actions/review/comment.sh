#!/usr/bin/env bash
# Keeps one comment of a pull request up to date: the one it wrote before, else a new one. What is there already is not written again,
# and where nothing changed no comment is begun.
#
# Takes GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, PULL_REQUEST (its number) and REVIEW (the file).
set -euo pipefail

tag='<!-- sopc-review -->'
api="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues"

# The token stands in no list of processes.
call() {
  curl --silent --show-error --fail --config <(printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN") \
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' "$@"
}

body=$(mktemp)
trap 'rm -f "$body"' EXIT
jq --null-input --arg tag "$tag" --rawfile review "$REVIEW" '{body: ($tag + "\n" + $review)}' >"$body"

# The first comment of a program that begins with the tag: people could write it as well.
id='' page=1
while [ -z "$id" ]; do
  comments=$(call "$api/$PULL_REQUEST/comments?per_page=100&page=$page")
  id=$(jq --raw-output --arg tag "$tag" 'map(select(.user.type == "Bot" and (.body | startswith($tag)))) | .[0].id // empty' <<<"$comments")
  [ "$(jq length <<<"$comments")" -eq 100 ] || break
  page=$((page + 1))
done

if [ -z "$id" ]; then
  if head -n 1 "$REVIEW" | grep -q '^nothing changed'; then
    exit 0
  fi
  call --request POST --data-binary @"$body" "$api/$PULL_REQUEST/comments" >/dev/null
  echo "comment written"
  exit 0
fi
old=$(jq --raw-output --argjson id "$id" '.[] | select(.id == $id) | .body' <<<"$comments")
if [ "$old" = "$(jq --raw-output .body "$body")" ]; then
  echo "comment is up to date"
else
  call --request PATCH --data-binary @"$body" "$api/comments/$id" >/dev/null
  echo "comment brought up to date"
fi
