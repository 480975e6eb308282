#!/usr/bin/env bash
# Checks the bag in which this file lies, without the program that wrote it.
# What is checked, and what that shows, is said in VERIFY.md beside it.
#
#   verify.sh [--key FILE|HEX] [--checkpoint NOTE]... [--signers FILE] [--tsa ROOTS.pem]
#
# Needs bash 4.4, GNU coreutils, findutils, grep, sed, awk, OpenSSL 3 and, for
# signatures of persons, ssh-keygen. Reads the bag and never writes to it.
# This script came with what it checks: read it, or take a copy of your own.
#
# `A && B || C` is meant as it works: C where A or B fails, and C is a finding.
# shellcheck disable=SC2015
set -uf
export LC_ALL=C
unset CDPATH GREP_OPTIONS POSIXLY_CORRECT
umask 077

readonly NUMBER='([0-9]{6}|[1-9][0-9]{6,15})' EXHIBIT='E-([0-9]{4}|[1-9][0-9]{4,9})'
readonly NAME='[a-z0-9-]{1,32}' HEX64='[0-9a-f]{64}'
readonly DASH=$'\xe2\x80\x94' SEP=$'\x1f' MAX_NOTE=1048576
# Moments are counted in microseconds; seconds up to 1970 from where the count begins.
readonly TOLERANCE=300000000 STALE=172800000000 TO_1970=74784902400
# DER of SubjectPublicKeyInfo (RFC 8410) up to the 32 bytes of an Ed25519 key.
readonly SPKI=302a300506032b6570032100

# ---------------------------------------------------------------- findings

FINDINGS=() WRONG=0
# say VERDICT SUBJECT MESSAGE
say() { FINDINGS+=("$1: $2: $3"); [[ $1 != INVALID ]] || WRONG=$((WRONG + 1)); }
# Says that something is valid if nothing was found wrong since $1 things were.
sound() { (( WRONG > $1 )) || say VALID "$2" "$3"; }
differ() { say INVALID "$1" "$2; expected ${3:-nothing}, found ${4:-nothing}"; }
# What comes from the bag is printed so that no byte of it can steer a terminal.
shown() { printf -v REPLY '%q' "${1:0:200}"; }
# Says the same of each name on standard input.
refuse() { local name; while IFS= read -r name; do shown "$name"; say INVALID "$REPLY" "$1"; done; }
progress() { printf 'verify.sh: %s\n' "$1" >&2; }
usage() { printf 'verify.sh: %s\nusage: verify.sh [--key FILE|HEX] [--checkpoint NOTE]... [--signers FILE] [--tsa ROOTS.pem]\n' "$1" >&2; exit 2; }

# Prints all findings, the worst first and each kind in the order of discovery.
finish() {
  local entry word code worst=VALID status=0
  # A full disk would make lists short, and what is not listed is not checked.
  if [[ -n ${TMP:-} ]] && ! { head -c 65536 </dev/zero >"$TMP/room" && [[ $(wc -c <"$TMP/room") == 65536 ]]; } 2>/dev/null; then
    say NOT-CHECKED tools 'the temporary folder is full: set TMPDIR to a larger one'
  fi
  for word in INVALID=1 UNTRUSTED-KEY=5 INCOMPLETE=4 NOT-CHECKED=6 VALID=0 REMARK=0; do
    code=${word#*=} word=${word%=*}
    for entry in "${FINDINGS[@]}"; do
      [[ $entry == "$word: "* ]] || continue
      printf '%s\n' "$entry"
      if [[ $worst == VALID && $code != 0 ]]; then worst=$word status=$code; fi
    done
  done
  printf 'Verdict: %s\n' "$worst"
  exit "$status"
}

# ---------------------------------------------------------------- bytes

declare -A B64=()
digits=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
for ((i = 0; i < 64; i++)); do B64["${digits:i:1}"]=$i; done

# Base64 (RFC 4648 section 4) to hexadecimal. Refuses idle bits, so that one
# value has one spelling.
unbase64() {
  local s=$1 i n h out='' idle=0
  (( ${#s} % 4 == 0 )) && [[ $s =~ ^[A-Za-z0-9+/]+={0,2}$ ]] || return 1
  case $s in *==) idle=4 ;; *=) idle=2 ;; esac
  s=${s//=/A}
  for ((i = 0; i < ${#s}; i += 4)); do
    n=$(( ${B64["${s:i:1}"]} << 18 | ${B64["${s:i+1:1}"]} << 12 | ${B64["${s:i+2:1}"]} << 6 | ${B64["${s:i+3:1}"]} ))
    printf -v h '%06x' "$n"
    out+=$h
  done
  [[ ${out:${#out}-idle} =~ ^0*$ ]] || return 1
  REPLY=${out:0:${#out}-idle}
}

# Hexadecimal to what `printf %b` turns into bytes.
escaped() {
  local i out=''
  for ((i = 0; i < ${#1}; i += 2)); do out+="\\x${1:i:2}"; done
  REPLY=$out
}

sha256_of() { REPLY=$(sha256sum <"$1") && REPLY=${REPLY:0:64}; }
hash_node() { escaped "01$1$2"; REPLY=$(printf '%b' "$REPLY" | sha256sum) && REPLY=${REPLY:0:64}; }

# SHA-256 of the files 0 to $2 - 1 in the folder $1, in their order.
hash_files() { (( $2 > 0 )) && seq 0 "$(($2 - 1))" | (cd "$1" && xargs sha256sum) | cut -c1-64; }

# Whether the file is text of lines: small, UTF-8, ended by a line feed, no
# other control character.
clean_text() {
  local size
  size=$(wc -c <"$1") || return 1
  (( size > 0 && size <= MAX_NOTE )) && [[ -z $(tail -c1 <"$1" | tr '\000' x) ]] \
    && (( $(tr -dc '\000-\011\013-\037' <"$1" | wc -c) == 0 )) && utf8 "$1"
}
utf8() { [[ $ICONV == no ]] || iconv -f UTF-8 -t UTF-8 <"$1" >/dev/null 2>&1; }

# ---------------------------------------------------------------- RFC 6962 trees

declare -A NODE=()
# The hashes of all complete subtrees over the leaves in the file $1, as
# NODE[height:index]. One call of sha256sum hashes a whole level.
tree_build() {
  local -a level=()
  local height=0 i n code
  NODE=()
  mapfile -t level <"$1"
  while (( ${#level[@]} > 0 )); do
    for i in "${!level[@]}"; do NODE[$height:$i]=${level[i]}; done
    n=$(( ${#level[@]} / 2 )) i=0
    (( n > 0 )) || break
    while IFS= read -r code; do
      printf '%b' "\\x01$code" >"$TMP/node/$i"
      i=$((i + 1))
    done < <(printf '%s\n' "${level[@]:0:2*n}" | paste -d '\0' - - | sed 's/../\\x&/g')
    mapfile -t level < <(hash_files "$TMP/node" "$n")
    height=$((height + 1))
  done
}

# The root over the first $1 leaves: complete subtrees, joined from the right.
root_at() {
  local size=$1 height=0 root='' peak
  while (( size >> height > 0 )); do
    if (( size >> height & 1 )); then
      peak=${NODE[$height:$(( (size >> (height + 1)) * 2 ))]:-}
      if [[ -n $root ]]; then hash_node "$peak" "$root"; root=$REPLY; else root=$peak; fi
    fi
    height=$((height + 1))
  done
  REPLY=$root
}

# included LEAF INDEX SIZE ROOT HASH...: RFC 9162 section 2.1.3.2.
included() {
  local r=$1 fn=$2 sn=$(($3 - 1)) root=$4 p
  shift 4
  (( fn <= sn )) || return 1
  for p in "$@"; do
    (( sn > 0 )) || return 1
    if (( fn & 1 || fn == sn )); then
      hash_node "$p" "$r"
      while (( fn > 0 && !(fn & 1) )); do fn=$((fn >> 1)) sn=$((sn >> 1)); done
    else
      hash_node "$r" "$p"
    fi
    r=$REPLY fn=$((fn >> 1)) sn=$((sn >> 1))
  done
  (( sn == 0 )) && [[ $r == "$root" ]]
}

# consistent OLD-SIZE OLD-ROOT NEW-SIZE NEW-ROOT HASH...: RFC 9162 section 2.1.4.2.
consistent() {
  local old=$1 old_root=$2 new_root=$4 fn=$(($1 - 1)) sn=$(($3 - 1)) fr sr c
  (( old <= $3 )) || return 1
  if (( old == $3 )); then [[ $# == 4 && $old_root == "$new_root" ]]; return; fi
  shift 4
  if (( (old & (old - 1)) == 0 )); then set -- "$old_root" "$@"; fi
  (( $# > 0 )) || return 1
  while (( fn & 1 )); do fn=$((fn >> 1)) sn=$((sn >> 1)); done
  fr=$1 sr=$1
  shift
  for c in "$@"; do
    (( sn > 0 )) || return 1
    if (( fn & 1 || fn == sn )); then
      hash_node "$c" "$fr"; fr=$REPLY
      hash_node "$c" "$sr"; sr=$REPLY
      while (( fn > 0 && !(fn & 1) )); do fn=$((fn >> 1)) sn=$((sn >> 1)); done
    else
      hash_node "$sr" "$c"; sr=$REPLY
    fi
    fn=$((fn >> 1)) sn=$((sn >> 1))
  done
  (( sn == 0 )) && [[ $fr == "$old_root" && $sr == "$new_root" ]]
}

# ---------------------------------------------------------------- the bag (RFC 8493)

declare -A SHA=() SIZE=()
# The files below a folder of the bag, one a line. Names are known to be safe.
below() { grep -aE "^$1/" "$TMP/files"; }
present() { [[ -n ${SHA["$1"]:-} ]]; }

check_names() {
  local entry type name
  find . -mindepth 1 -printf '%y %s %P\0' >"$TMP/found" || say INVALID bag 'it cannot be listed to the end'
  : >"$TMP/listed"
  while IFS= read -r -d '' entry; do
    type=${entry:0:1} name=${entry#* } name=${name#* }
    if [[ $name == *[[:cntrl:]\\]* ]]; then
      shown "$name"; say INVALID "$REPLY" 'a control character, line end or backslash in a file name'
    elif [[ $type == d && $name =~ ^(attestations|data/(custody/[^/]+|checkpoints|keys|events|exchanges|consistency))/ ]]; then
      shown "$name"; say INVALID "$REPLY" 'a folder where files alone belong'
    elif [[ $type != [fd] ]]; then
      shown "$name"; say INVALID "$REPLY" 'neither a file nor a folder: a link or a device has no place in a bag'
    else
      printf '%s\n' "$entry" >>"$TMP/listed"
    fi
  done <"$TMP/found"
  sed -n 's/^f [0-9]* //p' "$TMP/listed" | sort >"$TMP/files"
  # Folders and files together, so that `A/x` and `a` clash too.
  refuse 'some systems take this name for another one in the bag that differs in case alone' < <(sed 's/^. [0-9]* //' "$TMP/listed" | awk 'seen[tolower($0)]++')
  if grep -aq '[^ -~]' "$TMP/files"; then
    say NOT-CHECKED bag 'there are names outside ASCII: whether two differ in Unicode normalisation alone is not checked'
  fi
}

hash_bag() {
  local line
  progress "hashing $(wc -l <"$TMP/files") files"
  for line in 256 512; do
    tr '\n' '\0' <"$TMP/files" | xargs -0 -r "sha${line}sum" -- >"$TMP/sha$line" \
      || say INVALID bag "not every file can be read for SHA-$line"
  done
  while IFS= read -r line; do SHA["${line:66}"]=${line:0:64}; done <"$TMP/sha256"
  (( ${#SHA[@]} == $(wc -l <"$TMP/files") )) || say INVALID bag 'not every file could be hashed'
  while read -r _ size line; do SIZE["$line"]=$size; done < <(grep -a '^f ' "$TMP/listed")
}

# check_manifest FILE BITS PATTERN-OF-WHAT-IT-MUST-LIST
check_manifest() {
  local file=$1 bits=$2 what=$3 since=$WRONG compared=no kind path expected found
  present "$file" || { say INVALID "$file" 'absent'; return; }
  # A line: the digest, two blanks, a path that cannot lead out of the bag.
  grep -aEvn "^[0-9a-f]{$((bits / 4))}  [^ ].*$" "$file" >"$TMP/odd"
  grep -aEn '  /|(^|[/ ])\.\.?(/|$)|//|%|\\|[[:cntrl:]]' "$file" >>"$TMP/odd"
  [[ -z $(tail -c1 <"$file" | tr '\000' x) ]] || echo '0:end without a line feed' >>"$TMP/odd"
  while IFS= read -r path; do
    shown "$path"; say INVALID "$file" "a line that is not a digest, two blanks and a safe path: $REPLY"
  done <"$TMP/odd"
  cut -d' ' -f3- "$file" | sort | uniq -d >"$TMP/twice"
  while IFS= read -r path; do shown "$path"; say INVALID "$file" "lists $REPLY twice"; done <"$TMP/twice"
  grep -aE "$what" "$TMP/files" >"$TMP/wanted"
  while IFS=$SEP read -r kind path expected found; do
    shown "$path"
    case $kind in
      altered) differ "$REPLY" "not as $file lists it" "$expected" "$found" ;;
      absent) differ "$REPLY" "listed in $file, but absent" "$expected" '' ;;
      unlisted) say INVALID "$REPLY" "not listed in $file" ;;
      done) compared=yes ;;
    esac
  done < <(awk -v S="$SEP" '
    { path = substr($0, index($0, "  ") + 2); digest = substr($0, 1, index($0, "  ") - 1) }
    FILENAME == ARGV[1] { have[path] = digest; next }
    FILENAME == ARGV[2] { wanted[$0] = 1; order[++n] = $0; next }
    { listed[path] = 1
      if (!(path in wanted)) print "absent" S path S digest S
      else if (have[path] != digest) print "altered" S path S digest S have[path] }
    END { for (i = 1; i <= n; i++) if (!(order[i] in listed)) print "unlisted" S order[i] S S
          print "done" S S S }
  ' "$TMP/sha$bits" "$TMP/wanted" "$file")
  [[ $compared == yes ]] || say NOT-CHECKED "$file" 'the comparison broke off'
  sound "$since" "$file" "$(wc -l <"$file") files, each as listed, and no other"
}

check_bag() {
  local bits path oxum
  check_names
  hash_bag
  printf 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n' >"$TMP/text"
  present bagit.txt && cmp -s "$TMP/text" bagit.txt \
    || say INVALID bagit.txt 'not the declaration of BagIt 1.0 in UTF-8, byte for byte'
  for bits in 256 512; do check_manifest "manifest-sha$bits.txt" "$bits" '^data/'; done
  # What is signed or stamped after sealing cannot be in a manifest.
  for bits in 256 512; do
    check_manifest "tagmanifest-sha$bits.txt" "$bits" '^(bagit|bag-info|manifest-sha(256|512))\.txt$|^(VERIFY\.md|verify\.sh)$'
  done
  refuse 'no such file belongs beside data/' < <(grep -aEv "^data/|^(bagit|bag-info|(tag)?manifest-sha(256|512))\.txt$|^(VERIFY\.md|verify\.sh)$|^attestations/$NUMBER\.$NAME\.(sig|tsq|tsr|pem)$" "$TMP/files")
  oxum=$(awk '$1 == "f" && index($3, "data/") == 1 { bytes += $2; n++ } END { printf "%.0f.%d", bytes, n }' "$TMP/listed")
  present bag-info.txt && grep -aqx "Payload-Oxum: $oxum" bag-info.txt || say INVALID bag-info.txt "the Payload-Oxum is not $oxum, as found"
}

# check_info ORIGIN SIZE ROOT: what bag-info.txt says of the checkpoint.
check_info() {
  local label found
  for label in External-Identifier Affiant-Checkpoint-Size Affiant-Checkpoint-Root; do
    found=$(awk -v label="$label" '
      /^[ \t]/ { if (on) print; next }
      { name = $0; sub(/[ \t]*:.*/, "", name); on = tolower(name) == tolower(label) }
      on { sub(/^[^:]*:[ \t]*/, ""); print }' bag-info.txt 2>/dev/null)
    if [[ -z $found ]]; then say NOT-CHECKED bag-info.txt "it has no $label to hold against the checkpoint"
    elif [[ $found != "$1" ]]; then shown "$found"; differ bag-info.txt "its $label is not that of the checkpoint" "$1" "$REPLY"; fi
    shift
  done
}

# ---------------------------------------------------------------- lines of the ledger

# Reads lines as canonical JSON (RFC 8785) of a custody event, whole: members
# known, in order, once; no white space; numbers whole and below 2^53; strings
# with the one escape that RFC 8785 allows. Prints LINE PATH VALUE, parted by
# 0x1f, which a string cannot hold unescaped; for each file concerned a row
# `@object`; and for the first thing wrong with a line a row `!`.
facts() {
  awk -v S="$SEP" '
    BEGIN {
      n = split("action=w actor=o actor.name=s actor.role=s authority=s beacon=o beacon.source=s beacon.time=t beacon.value=s case=s circumstances=o clock=s clock_offset=s key=o key.change=s key.key=s key.old=s key.signatures=a key.signatures.*=s machine=s nonce=h32 note=s objects=a objects.*=o objects.*.bytes=n objects.*.digests=o objects.*.digests.md5=h32 objects.*.digests.sha1=h40 objects.*.digests.sha512=h128 objects.*.exchanges=o objects.*.exchanges.count=n objects.*.exchanges.root=h64 objects.*.exchanges.rule=s objects.*.exhibit=e objects.*.format=s objects.*.from=o objects.*.from.member=s objects.*.from.path=s objects.*.from.sha256=h64 objects.*.original_name=s objects.*.path=s objects.*.sha256=h64 prev=h64 reason=s seq=n stamp=o stamp.authority=s stamp.document=h64 stamp.serial=s stamp.size=n stamp.time=t time=t tool=o tool.name=s tool.sha256=h64 tool.version=s transfer=o transfer.from=s transfer.how=s transfer.signer=s transfer.to=s", t, " ")
      for (i = 1; i <= n; i++) { split(t[i], p, "="); kind[p[1]] = p[2] }
      n = split("app app_version changes collected_by custodian device method note phase place run", t, " ")
      for (i = 1; i <= n; i++) kind["circumstances." t[i]] = "s"
      need[""] = "action actor clock nonce prev seq time tool"; need["actor"] = "name role"
      need["tool"] = "name version"; need["beacon"] = "source time value"; need["transfer"] = "from to"
      need["objects.*"] = "bytes path sha256"; need["objects.*.from"] = "path sha256"
      need["objects.*.exchanges"] = "count root rule"; need["key"] = "change key signatures"
      need["stamp"] = "authority serial size time"
      n = split("case=open circumstances=acquire transfer=transfer,disclose key=key stamp=stamp", t, " ")
      for (i = 1; i <= n; i++) { split(t[i], p, "="); belongs[p[1]] = "," p[2] "," }
      actions = " open acquire analyse report supplement recover transfer hold release note derive disclose delete key sign stamp seal "
    }
    function fail(why) { if (bad == "") bad = why }
    function string(    v) {
      if (!match(rest, /^"([^"\\\001-\037]|\\["\\bfnrt]|\\u00(0[0-7bef]|1[0-9a-f]))*"/)) { fail("no string as RFC 8785 writes it"); return "" }
      v = substr(rest, 2, RLENGTH - 2); rest = substr(rest, RLENGTH + 1); return v
    }
    # The moment in microseconds: days of the Gregorian calendar counted from so
    # early that none is negative. Refuses a day that does not exist.
    function moment(v,    y, m, d) {
      if (v !~ /^[0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9][0-9][0-9]([0-9][0-9][0-9])?)?Z$/ || v ~ /\.([0-9][0-9][0-9])?000Z$/) return ""
      y = substr(v, 1, 4) + 400; m = substr(v, 6, 2) + 0; d = substr(v, 9, 2) + 0
      if (d > 30 + (m + int(m / 8)) % 2 - (m == 2 ? 2 - (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) : 0)) return ""
      if (m <= 2) { y--; m += 12 }
      d += 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5)
      d = d * 86400 + substr(v, 12, 2) * 3600 + substr(v, 15, 2) * 60 + substr(v, 18, 2)
      sub(/Z$/, "", v)
      return sprintf("%.0f", d) substr(substr(v, 21) "000000", 1, 6)
    }
    function ending(v) { return v ~ /^[A-Za-z0-9]+$/ && length(v) <= 8 }
    function scalar(path, k, v,    t) {
      if (k ~ /^h/ && (length(v) != substr(k, 2) + 0 || v ~ /[^0-9a-f]/)) fail("`" path "` is not " substr(k, 2) " lower-case hexadecimal digits")
      if (k == "e" && v !~ /^E-([0-9][0-9][0-9][0-9]|[1-9][0-9][0-9][0-9][0-9]+)$/) fail("`" path "` is no exhibit number")
      if (k == "t" && (t = moment(v)) == "") fail("`" path "` is no time in UTC as it is written here")
      if (k == "w" && !index(actions, " " v " ")) fail("an action that is not known")
      if (path == "action") action = v
      if (path == "stamp.document") stamped = v
      if (path == "stamp.size") none = v == "0"
      if (path ~ /^(action|case|prev|reason|seq|time|key\..*|stamp\..*|transfer\.signer)$/) out = out NR S path S v "\n"
      if (path ~ /^((stamp|beacon)\.)?time$/) out = out NR S "@" path S t "\n"
      if (path ~ /^objects\./) { sub(/^objects\.[0-9]+\./, "", path); part[path] = v }
    }
    function value(path, form,    c, k, v, i) {
      k = kind[form]; c = substr(rest, 1, 1)
      if (k == "") fail("a member that is not known")
      else if (k == "o") { if (c == "{") members(path, form); else fail("`" path "` is no object") }
      else if (k == "a") {
        if (c != "[" || substr(rest, 2, 1) == "]") { fail("`" path "` is no list with entries"); return }
        for (i = 0; bad == "" && (i == 0 || substr(rest, 1, 1) == ","); i++) { rest = substr(rest, 2); value(path "." i, form ".*") }
        if (substr(rest, 1, 1) != "]") fail("`" path "` does not end"); rest = substr(rest, 2)
      } else if (k == "n") {
        if (!match(rest, /^(0|[1-9][0-9]*)/)) { fail("`" path "` is no whole number"); return }
        v = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
        if (length(v) > 16 || length(v) == 16 && "n" v > "n9007199254740991") fail("`" path "` is above 2^53 - 1")
        scalar(path, k, v)
      } else { v = string(); if (bad == "") scalar(path, k, v) }
    }
    function members(path, form,    name, before, seen, i, n, w) {
      seen = " "; rest = substr(rest, 2)
      if (form == "objects.*") split("", part)
      if (substr(rest, 1, 1) == "}" && form != "circumstances") fail("`" path "` is empty")
      while (bad == "" && substr(rest, 1, 1) != "}") {
        name = string()
        if (bad == "" && before != "" && name <= before) fail("members out of order or repeated")
        if (bad == "" && substr(rest, 1, 1) != ":") fail("no colon after a name")
        rest = substr(rest, 2); before = name; seen = seen name " "; if (form == "") top[name] = 1
        if (bad == "") value((path == "" ? "" : path ".") name, (form == "" ? "" : form ".") name)
        if (substr(rest, 1, 1) == "," && substr(rest, 2, 1) == "\"") rest = substr(rest, 2)
        else if (substr(rest, 1, 1) != "}") fail("an object that does not end")
      }
      rest = substr(rest, 2); n = split(need[form], w, " ")
      for (i = 1; i <= n; i++) if (!index(seen, " " w[i] " ")) fail("no member `" (path == "" ? "" : path ".") w[i] "`")
      if (form == "objects.*" && bad == "") {
        objects++; at = part["path"]; id = part["exhibit"]
        if (at == "" || "from.path" in part && part["from.path"] == "") fail("a file without a path")
        if (action == "acquire" && (id == "" || index(at, "evidence/" id ".") != 1 || !ending(substr(at, length(id) + 11)))) fail("an acquisition at a place that is not its exhibit\047s")
        if (action == "derive" && !(at ~ /^working\/W-([0-9][0-9][0-9][0-9]|[1-9][0-9][0-9][0-9][0-9]+)\.[^.]*$/ && at !~ /W-0000/ && ending(substr(at, index(at, ".") + 1)) && "from.path" in part)) fail("a working copy at a place that is none, or from nothing")
        if (action == "delete" && id == "") fail("a deletion of what is no exhibit")
        if (action == "sign" && at ~ /^custody\/(checkpoints|documents)\/.*\.sig$/ || action == "stamp" && at ~ /^custody\/checkpoints\/.*\.tsr$/) filed = 1
        if (action == "stamp" && at ~ /^custody\/documents\/.*\.tsr$/) document = 1
        out = out NR S "@object" S action S at S part["sha256"] S part["bytes"] S id S part["exchanges.count"] S part["exchanges.root"] S part["from.path"] S part["from.sha256"] "\n"
      }
    }
    { rest = $0; bad = ""; out = ""; action = ""; objects = 0; filed = 0; document = 0; stamped = ""; none = 0; split("", top)
      if (substr(rest, 1, 11) == "{\"action\":\"") members("", ""); else fail("it does not begin as an event")
      if (rest != "") fail("bytes that follow no rule")
      if (length($0) > 1048576) fail("it has more than 1048576 bytes")
      if (action ~ /^(acquire|derive)$/ && objects != 1) fail("an acquisition or derivation names exactly one file")
      if (action == "delete" && !objects) fail("a deletion names exhibits")
      if (action == "stamp" && stamped != "") filed = document && none
      if (action ~ /^(sign|stamp)$/ && !filed) fail("it names no signature or token that was filed")
      if (action ~ /^(key|stamp)$/ && !(action in top)) fail("no member `" action "`")
      for (name in belongs) if (name in top && !index(belongs[name], "," action ",")) fail("`" name "` does not belong to an event `" action "`")
      # A hold or release that names nothing is of everything.
      if (action ~ /^(hold|release)$/ && !objects) out = out NR S "@object" S action S S S S "all" S S S S "\n"
      if (bad != "") print NR S "!" S bad
      printf "%s", out }
  ' "$1"
}

declare -A FACT=()    # FACT[seq path]
SEQS=() OBJECTS=()    # event numbers; rows seq action path sha256 bytes exhibit count root
# load FILE SUBJECT: the facts of its lines, of which line n is event NUMBERS[n - 1].
load() {
  local line key value row seq=0 now time beacon
  while IFS=$SEP read -r line key value row; do
    seq=${NUMBERS[line - 1]}
    case $key in
      '!') say INVALID "$2 $seq" "not canonical JSON of a custody event: $value" ;;
      @object) OBJECTS+=("$seq$SEP$value$SEP$row") ;;
      *) FACT["$seq $key"]=$value ;;
    esac
  done < <(facts "$1")
  SEQS=("${NUMBERS[@]}")
  now=$(( ($(date -u +%s) + TO_1970) * 1000000 ))
  for seq in "${SEQS[@]}"; do
    [[ ${FACT["$seq seq"]:-} == "$seq" ]] || differ "$2 $seq" 'the number of the event is not that of its place' "$seq" "${FACT["$seq seq"]:-}"
    time=${FACT["$seq @time"]:-0} beacon=${FACT["$seq @beacon.time"]:-}
    if [[ -n $beacon ]] && (( time + TOLERANCE < beacon )); then
      say INVALID "$2 $seq" 'it names what was not public before a later time than its own: dated back'
    elif [[ -n $beacon ]] && (( time - beacon > STALE )); then
      say INCOMPLETE "$2 $seq" 'what it names was public for two days and more: it does not show that the event is not older than it says'
    fi
    (( time <= now + TOLERANCE )) || say INCOMPLETE "$2 $seq" "it says that it was at ${FACT["$seq time"]:-}, which is still to come by the clock of this machine"
  done
}

# Line files, leaves, chain, and the tree over the whole ledger.
check_ledger() {
  local file=$1 line n=0 before previous since=$WRONG
  present "$file" || { say INVALID "$file" 'absent: nothing says what was acquired'; finish; }
  (( $(tr -dc '\000-\011\013-\037' <"$file" | wc -c) == 0 )) || say INVALID "$file" 'a carriage return or another control character'
  [[ -s $file && -z $(tail -c1 <"$file" | tr '\000' x) ]] || say INVALID "$file" 'its last line is not ended by a line feed'
  if [[ $ICONV == no ]]; then say NOT-CHECKED "$file" 'whether it is UTF-8: there is no iconv'
  elif ! utf8 "$file"; then say INVALID "$file" 'not UTF-8'; fi
  while IFS= read -r line || [[ -n $line ]]; do
    printf '%s' "$line" >"$TMP/line/$n"
    printf '\0%s' "$line" >"$TMP/leaf/$n"
    n=$((n + 1))
  done <"$file"
  LINES_OF_LEDGER=$n
  (( n > 0 )) || { say INVALID "$file" 'it holds no event'; finish; }
  mapfile -t NUMBERS < <(seq 1 "$n")
  load "$file" "$file line"
  before=0000000000000000000000000000000000000000000000000000000000000000
  mapfile -t LINE_SHA < <(hash_files "$TMP/line" "$n")
  for n in "${SEQS[@]}"; do
    previous=${FACT["$n prev"]:-}
    [[ $previous == "$before" ]] || differ "$file line $n" 'its prev is not the digest of the line before: that line was altered, or a line was removed, added or moved' "$previous" "$before"
    before=${LINE_SHA[n - 1]}
    if (( n == 1 )) && [[ ${FACT["1 action"]:-} != open ]] || (( n > 1 )) && [[ ${FACT["$n action"]:-} == open ]]; then
      say INVALID "$file line $n" 'the first line, and no other, records that the case was opened'
    fi
    if (( n > 1 )) && (( ${FACT["$n @time"]:-0} < ${FACT["$((n - 1)) @time"]:-0} )); then
      say INCOMPLETE "$file line $n" 'its time is before that of the line before: a clock was wrong or was set back'
    fi
  done
  [[ ${FACT["$LINES_OF_LEDGER action"]:-} == seal ]] || say INVALID "$file line $LINES_OF_LEDGER" 'the last event is not seal: the end was cut off, or the case was not sealed'
  hash_files "$TMP/leaf" "$LINES_OF_LEDGER" >"$TMP/leaves"
  tree_build "$TMP/leaves"
  origin_from "${LINE_SHA[0]}"
  sound "$since" "$file" "$LINES_OF_LEDGER events, each canonical, numbered and chained; digest of the last line ${LINE_SHA[LINES_OF_LEDGER - 1]}"
}

# The origin, from the digest of line 1 and the name in it.
origin_from() {
  local name=${FACT['1 case']-case}
  [[ $name =~ ^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$ ]] || { shown "$name"; say INVALID 'event 1' "the name of the case is not small letters, digits and hyphens: $REPLY"; }
  ORIGIN=affiant.case/$name/${1:0:16}
}

# ---------------------------------------------------------------- keys and notes (C2SP)

declare -A KEY_ID=() FINGERPRINT=() TRUSTED=() TOLD=()
TERM_KEY=() TERM_SINCE=() TERM_UNTIL=() TERM_LINKED=()   # until 0: it holds to the end

# Files the key of 32 bytes in hexadecimal for openssl, with its C2SP identity
# under the name of this case and the fingerprint that a notice prints.
know_key() {
  [[ -z ${KEY_ID["$1"]:-} ]] || return 0
  escaped "$SPKI$1"
  printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' "$(printf '%b' "$REPLY" | base64 -w0)" >"$TMP/key/$1.pem"
  escaped "$1"
  KEY_ID["$1"]=$({ printf '%s\n\001' "$ORIGIN"; printf '%b' "$REPLY"; } | sha256sum | cut -c1-8)
  FINGERPRINT["$1"]=$(printf '%b' "$REPLY" | sha256sum | cut -c1-64)
}

# A vkey of this case to the 32 bytes of the key in hexadecimal.
read_vkey() {
  local id=${1#"$ORIGIN+"}
  [[ $id != "$1" && $id =~ ^[0-9a-f]{8}\+ ]] && unbase64 "${id:9}" && [[ $REPLY =~ ^01$HEX64$ ]] || return 1
  set -- "${REPLY:2}" "${id:0:8}"
  know_key "$1"
  REPLY=$1
  [[ ${KEY_ID["$1"]} == "$2" ]]
}

# signed_by TEXT KEY...: by the signature lines SIGS, which of the keys signed
# the text, in GOOD. Lines of others are passed over, as signed-note asks; a
# line of one of the keys that is not good fails it all.
signed_by() {
  local text=$1 line name signature key
  shift
  GOOD=()
  for line in "${SIGS[@]}"; do
    name=${line#"$DASH "}
    [[ $name != "$line" ]] && unbase64 "${name#* }" && (( ${#REPLY} > 8 )) || return 1
    signature=$REPLY name=${name%% *}
    [[ $name == "$ORIGIN" ]] || continue
    for key in "$@"; do
      [[ ${KEY_ID["$key"]} == "${signature:0:8}" ]] || continue
      escaped "${signature:8}"
      printf '%b' "$REPLY" >"$TMP/signature"
      openssl pkeyutl -verify -pubin -inkey "$TMP/key/$key.pem" -rawin -in "$text" -sigfile "$TMP/signature" >/dev/null 2>&1 || return 1
      GOOD+=("$key")
    done
  done
}
signed_it() { local key; for key in "${GOOD[@]}"; do [[ $key != "$1" ]] || return 0; done; return 1; }

# Reads a checkpoint: N_ORIGIN, N_SIZE, N_ROOT, SIGS; its text goes to TMP/text.
read_note() {
  local -a line
  clean_text "$1" || return 1
  mapfile -t line <"$1"
  (( ${#line[@]} >= 5 )) && [[ -z ${line[3]} && ${line[1]} =~ ^[1-9][0-9]{0,15}$ ]] || return 1
  unbase64 "${line[2]}" && (( ${#REPLY} == 64 )) || return 1
  N_ORIGIN=${line[0]} N_SIZE=${line[1]} N_ROOT=$REPLY SIGS=("${line[@]:4}")
  printf '%s\n' "${line[@]:0:3}" >"$TMP/text"
}

# The key that holds after the events read so far.
current_key() {
  local i
  REPLY=
  for i in "${!TERM_KEY[@]}"; do (( TERM_UNTIL[i] )) || REPLY=${TERM_KEY[i]}; done
}

# Follows the `key` events: who signed each change, and which key then holds.
check_keys() {
  local seq i key old why first last
  for seq in "${SEQS[@]}"; do
    [[ ${FACT["$seq action"]:-} != key ]] || key_event "$seq" || say INVALID "event $seq" "a change of keys that is not good: $why"
  done
  if [[ -n $PIN_NAME && $PIN_NAME != "$ORIGIN" ]]; then shown "$PIN_NAME"; say UNTRUSTED-KEY keys "the key named by --key is of $REPLY, this is $ORIGIN"; fi
  (( ${#TERM_KEY[@]} > 0 )) || say INVALID 'keys' 'no event brings a key that signs in this case'
  # The key named by --key vouches for those tied to it by replacements, which
  # both keys signed: forward and back.
  for i in "${!TERM_KEY[@]}"; do
    [[ -n $PIN && ${FINGERPRINT["${TERM_KEY[i]}"]} == "$PIN" ]] || continue
    first=$i last=$i
    while (( TERM_LINKED[first] )); do first=$((first - 1)); done
    while (( last + 1 < ${#TERM_KEY[@]} && TERM_LINKED[last + 1] )); do last=$((last + 1)); done
    for ((; first <= last; first++)); do TRUSTED["${TERM_KEY[first]}"]=1; done
    if (( TERM_UNTIL[i] )); then say REMARK keys "the key named by --key held until event ${TERM_UNTIL[i]}"; fi
    break
  done
  for i in "${!TERM_KEY[@]}"; do
    [[ ${#TRUSTED[@]} == 0 || -n ${TRUSTED["${TERM_KEY[i]}"]:-} ]] \
      || say UNTRUSTED-KEY keys "the key named by --key does not vouch for key ${KEY_ID["${TERM_KEY[i]}"]}, which event ${TERM_SINCE[i]} brought in"
  done
  if [[ -n $PIN && ${#TRUSTED[@]} == 0 ]]; then say UNTRUSTED-KEY keys "the key named by --key, SHA-256 $PIN, never signed in this case"; fi
}

# One change of keys; uses `key`, `old`, `why` of its caller.
key_event() {
  local seq=$1 change=${FACT["$1 key.change"]:-} text=$TMP/statement i=0
  old=${FACT["$seq key.old"]:-}
  read_vkey "${FACT["$seq key.key"]:-}" && key=$REPLY || { why='the key cannot be read, or is not of this case'; return 1; }
  {
    printf 'affiant/key-change@v1\n%s\nevent %s\nprev %s\n' "$ORIGIN" "$seq" "${FACT["$seq prev"]:-}"
    printf '%s %s\n' "$change" "${FACT["$seq key.key"]}"
    [[ -z $old ]] || printf 'old %s\n' "$old"
    # JSON escapes, as far as RFC 8785 has them, in the words of `printf %b`.
    if [[ -n ${FACT["$seq reason"]+x} ]]; then
      REPLY=$(printf '%s' "${FACT["$seq reason"]}" | sed 's/\\\\/\\x5c/g; s/\\u00\(..\)/\\x\1/g; s/\\"/"/g')
      printf 'reason %s\n' "$(printf '%b' "$REPLY" | sha256sum | cut -c1-64)"
    fi
  } >"$text"
  SIGS=()
  while [[ -n ${FACT["$seq key.signatures.$i"]+x} ]]; do SIGS+=("${FACT["$seq key.signatures.$i"]}"); i=$((i + 1)); done
  signed_by "$text" "$key" "${TERM_KEY[@]}" || { why='a signature is not good'; return 1; }
  current_key
  [[ $change == revoke || " ${TERM_KEY[*]-} " != *" $key "* ]] || { why='a key that ever held is not brought in again'; return 1; }
  case $change in
    add)
      [[ -z $REPLY && -z $old ]] || { why='a key holds already'; return 1; }
      signed_it "$key" || { why='the new key did not sign'; return 1; }
      begin_term "$key" "$seq" 0 ;;
    replace)
      read_vkey "$old" || { why='the old key cannot be read'; return 1; }
      old=$REPLY; current_key
      [[ $REPLY == "$old" ]] || { why='the key that it replaces does not hold'; return 1; }
      signed_it "$old" && signed_it "$key" || { why='the old key or the new did not sign'; return 1; }
      end_term "$old" "$seq"; begin_term "$key" "$seq" 1 ;;
    revoke)
      { [[ -n $REPLY ]] && signed_it "$REPLY"; } || signed_it "$key" || { why='neither the key nor the one that holds signed'; return 1; }
      [[ -z $old && " ${TERM_KEY[*]-} " == *" $key "* ]] || { why='the key was never added'; return 1; }
      end_term "$key" "$seq" ;;
    *) why='a change that is not known'; return 1 ;;
  esac
  say VALID "event $seq" "$change of key ${KEY_ID["$key"]}, SHA-256 ${FINGERPRINT["$key"]}, signed as it must be"
}
begin_term() { TERM_KEY+=("$1"); TERM_SINCE+=("$2"); TERM_LINKED+=("$3"); TERM_UNTIL+=(0); }
end_term() {
  local i
  for i in "${!TERM_KEY[@]}"; do
    if [[ ${TERM_KEY[i]} == "$1" ]] && (( ! TERM_UNTIL[i] )); then TERM_UNTIL[i]=$2; fi
  done
}

# signature_of SUBJECT SIZE: whether the note just read is signed with the key
# that held at that size (`any`: at some time), and whether that key is trusted.
signature_of() {
  local i key
  local -a keys=()
  for i in "${!TERM_KEY[@]}"; do
    if [[ $2 == any ]] || (( TERM_SINCE[i] <= $2 && (!TERM_UNTIL[i] || TERM_UNTIL[i] >= $2) )); then keys+=("${TERM_KEY[i]}"); fi
  done
  if ! signed_by "$TMP/text" "${keys[@]}"; then say INVALID "$1" 'its signature is not good'; return 1; fi
  if (( ${#GOOD[@]} == 0 )); then
    # What the caller has from elsewhere is no part of the record.
    [[ $1 == '--checkpoint '* ]] && key=UNTRUSTED-KEY || key=INVALID
    say "$key" "$1" 'it is not signed with the key that held at its size'; return 1
  fi
  for key in "${GOOD[@]}"; do [[ -z ${TRUSTED["$key"]:-} ]] || return 0; done
  if [[ -n $PIN ]]; then
    say UNTRUSTED-KEY "$1" "its signature is good, but the key named by --key does not lead to key ${KEY_ID["$key"]}, SHA-256 ${FINGERPRINT["$key"]}"
  elif [[ -z ${TOLD["$key"]:-} ]]; then
    TOLD["$key"]=1
    say UNTRUSTED-KEY "$1" "its signature is good under key ${KEY_ID["$key"]}, SHA-256 ${FINGERPRINT["$key"]}; no --key says that this is the key that was notified"
  fi
}

# The files of keys against the events: a copy, not a source of trust.
check_key_files() {
  local file key id
  for key in "${TERM_KEY[@]}"; do
    id=${KEY_ID["$key"]}
    for file in "$1/$id.vkey" "$1/$id.pem"; do present "$file" || say INCOMPLETE "$file" 'absent, though an event names that key'; done
  done
  while IFS= read -r file; do
    id=${file##*/} id=${id%.*} REPLY=
    for key in "${TERM_KEY[@]}"; do [[ ${KEY_ID["$key"]} != "$id" ]] || REPLY=$key; done
    if [[ -z $REPLY ]]; then say INVALID "$file" 'no event names that key'; continue; fi
    key=$REPLY
    case $file in
      *.vkey) read_vkey "$(cat "$file")" && [[ $REPLY == "$key" ]] || say INVALID "$file" 'not the key that the event names' ;;
      *) openssl pkey -pubin -in "$file" -outform DER 2>/dev/null | cmp -s - <(escaped "$SPKI$key"; printf '%b' "$REPLY") || say INVALID "$file" 'not the key that the event names' ;;
    esac
  done < <(below "$1" | grep -aE '\.(vkey|pem)$')
}

note_of_case() {
  read_note "$1" || { say INVALID "$2" 'not a checkpoint: origin, size, root, blank line, signatures'; return 1; }
  [[ $N_ORIGIN == "$ORIGIN" ]] || { shown "$N_ORIGIN"; differ "$2" 'the checkpoint of another case' "$ORIGIN" "$REPLY"; return 1; }
}

# Checkpoints of the ledger, which is here in full: filed, and received elsewhere.
check_checkpoint() {
  local file=$1 subject=$2 since=$WRONG
  note_of_case "$file" "$subject" || return
  if (( N_SIZE > LINES_OF_LEDGER )); then
    differ "$subject" 'the ledger is shorter than when this was signed: its end was cut off' "$N_SIZE events" "$LINES_OF_LEDGER"
    signature_of "$subject" "$N_SIZE"; return
  fi
  root_at "$N_SIZE"
  [[ $REPLY == "$N_ROOT" ]] || differ "$subject" "the first $N_SIZE events are not those that were signed" "$N_ROOT" "$REPLY"
  signature_of "$subject" "$N_SIZE" || return
  sound "$since" "$subject" "$N_SIZE events, root recomputed, signature good"
}
check_checkpoints() {
  local file name
  while IFS= read -r file; do
    check_checkpoint "$file" "$file"
    printf -v name '%06d.note' "${N_SIZE:-0}"
    [[ ${file##*/} == "$name" ]] || say INVALID "$file" 'its name is not its size'
  done < <(below data/custody/checkpoints | grep -aE "/$NUMBER\.note$")
  printf -v REPLY 'data/custody/checkpoints/%06d.note' "$LINES_OF_LEDGER"
  present "$REPLY" || say INVALID "$REPLY" 'absent: no checkpoint was signed over the whole ledger'
  root_at "$LINES_OF_LEDGER"
  check_info "$ORIGIN" "$LINES_OF_LEDGER" "$REPLY"
  for file in "${OUTSIDE[@]}"; do shown "$file"; check_checkpoint "$file" "--checkpoint $REPLY"; done
}

# ---------------------------------------------------------------- files against events

declare -A OF_SHA=() OF_BYTES=() OF_EVENT=() GONE=() LAST_SHA=() LAST_EVENT=() ID_PATH=() ID_COUNT=() ID_ROOT=() HELD=() DISCLOSED=()
PATHS=() IDS=()
read_objects() {
  local row seq action path sha bytes id count root from from_sha known
  for row in "${OBJECTS[@]}"; do
    IFS=$SEP read -r seq action path sha bytes id count root from from_sha <<<"$row"
    [[ -n $path || $id == all ]] || continue
    if [[ -n $from ]]; then
      known=${OF_SHA["$from"]:-}; shown "$from"
      # What a production does not show cannot be held against anything.
      [[ $from == evidence/* && ( $known == "$from_sha" || -z $known && $KIND == production ) ]] \
        || say INVALID "event $seq" "what it is from was not acquired by an earlier event with that digest: $REPLY"
    fi
    if [[ $action != acquire && -n $id && $id != all ]]; then
      known=${ID_PATH["$id"]:-}; shown "$path"
      if [[ -z $known ]]; then [[ $KIND == production ]] || say INVALID "event $seq" "names exhibit $id, which was never acquired"
      elif [[ "$path $sha $bytes" != "$known ${OF_SHA["$known"]} ${OF_BYTES["$known"]}" ]]; then
        differ "event $seq" "names $id with another path, digest or size than event ${OF_EVENT["$known"]}" "$known ${OF_SHA["$known"]} ${OF_BYTES["$known"]}" "$REPLY $sha $bytes"
      fi
    fi
    case $action in
      acquire | derive)
        [[ -z ${OF_SHA["$path"]:-} && -z ${ID_PATH["${id:--}"]:-} ]] || { say INVALID "event $seq" "what it records is recorded by an earlier event: $path"; continue; }
        OF_SHA["$path"]=$sha OF_BYTES["$path"]=$bytes OF_EVENT["$path"]=$seq
        PATHS+=("$path")
        if [[ $action == acquire ]]; then
          IDS+=("$id") ID_PATH["$id"]=$path ID_COUNT["$id"]=$count ID_ROOT["$id"]=$root
        fi ;;
      delete)
        [[ -z ${GONE["$path"]:-} ]] || say INVALID "event $seq" "destroyed by an earlier event: $path"
        GONE["$path"]=$seq
        [[ -z ${HELD["${id:--}"]:-} && -z ${HELD[all]:-} ]] || say INVALID "event $seq" 'an exhibit was destroyed under a legal hold' ;;
      disclose)
        [[ -z ${DISCLOSED["$path"]:-} ]] || say INVALID "event $seq" 'it names a file twice'
        [[ $KIND == case ]] || DISCLOSED["$path"]="$sha $bytes"
        # By its place in a production, and not here.
        [[ ! $path =~ ^exchanges/$EXHIBIT-$NUMBER\.bin$ ]] || continue ;;
      hold | release)
        [[ -n $id ]] || say INVALID "event $seq" "an event \`$action\` names exhibits, or nothing for all"
        if [[ $action == hold ]]; then HELD["${id:--}"]=1; else HELD["${id:--}"]=''; fi ;;
    esac
    case $path in
      '' | evidence/SHA256SUMS) ;;
      evidence/* | working/*)
        if [[ -n $id ]]; then continue # it was held against the exhibit, above
        elif [[ -z ${OF_SHA["$path"]:-} ]]; then
          shown "$path"; [[ $KIND == production ]] || say INVALID "event $seq" "names a file that was never acquired: $REPLY"
        elif [[ ${OF_SHA["$path"]} != "$sha" ]]; then
          differ "event $seq" "names $path with another digest than event ${OF_EVENT["$path"]}" "${OF_SHA["$path"]}" "$sha"
        fi ;;
      *)
        # Tables and reports are made again and again; the last counts.
        LAST_SHA["$path"]=$sha LAST_EVENT["$path"]=$seq ;;
    esac
  done
}

# recorded PATH: the file in data/ against the event that acquired or derived it.
recorded() {
  local path=$1 file=data/$1 event=${OF_EVENT["$1"]}
  if [[ ${SHA["$file"]:-} != "${OF_SHA["$path"]}" ]]; then
    differ "$file" "not the file of event $event" "${OF_SHA["$path"]}" "${SHA["$file"]:-}"
  elif [[ ${SIZE["$file"]} != "${OF_BYTES["$path"]}" ]]; then
    differ "$file" "not the size of event $event" "${OF_BYTES["$path"]}" "${SIZE["$file"]}"
  else
    say VALID "$file" "${SIZE["$file"]} bytes, as event $event records it"
  fi
}

check_case_files() {
  local path file id
  read_objects
  : >"$TMP/sums"
  for path in "${PATHS[@]}"; do
    if [[ -z ${GONE["$path"]:-} ]]; then
      recorded "$path"
      [[ $path != evidence/* ]] || printf '%s  %s\n' "${OF_SHA["$path"]}" "${path#evidence/}" >>"$TMP/sums"
    elif present "data/$path"; then
      say INVALID "data/$path" "event ${GONE["$path"]} says that it was destroyed"
    else
      say VALID "data/$path" "destroyed, as event ${GONE["$path"]} says"
    fi
  done
  file=data/evidence/SHA256SUMS
  if present "$file"; then cmp -s "$TMP/sums" "$file" || say INVALID "$file" 'not as the ledger gives it'
  elif [[ -s $TMP/sums ]]; then say INCOMPLETE "$file" 'absent'; fi
  while IFS= read -r file; do
    [[ -n ${OF_SHA["${file#data/}"]:-} || $file == data/evidence/SHA256SUMS ]] || { shown "$file"; say INVALID "$REPLY" 'no event names this file'; }
  done < <(below 'data/(evidence|working)')
  refuse 'no such file belongs in custody/' < <(below data/custody | grep -aEvx "data/custody/(ledger\.jsonl|case\.jsonld|exchanges/$EXHIBIT\.(tsv|note)|checkpoints/$NUMBER\.(note|$NAME\.(sig|tsq|tsr|pem))|keys/([0-9a-f]{8}\.(vkey|pem)|allowed_signers)|receipts/$NUMBER\.(txt|sig)|documents/[0-9a-f]{64}\.$NAME\.(sig|tsq|tsr|pem))")
  check_other_files
  for id in "${IDS[@]}"; do
    [[ -z ${ID_COUNT["$id"]} ]] || check_exchanges "$id"
  done
  while IFS= read -r file; do
    id=${file##*/} id=${id%.*}
    [[ -n ${ID_COUNT["$id"]:-} ]] || say INVALID "$file" "no event records exchanges of $id"
  done < <(below data/custody/exchanges | grep -aE "/$EXHIBIT\.(tsv|note)$")
}

# What was made from the evidence, and what was filed: against the last event
# that names it. Tables and reports can be made again; what was filed cannot.
check_other_files() {
  local path file found seq analysed=0 reported=0 acquired=0
  for seq in "${SEQS[@]}"; do
    case ${FACT["$seq action"]:-} in analyse) analysed=$seq ;; report) reported=$seq ;; acquire) acquired=$seq ;; esac
  done
  if (( analysed && acquired > analysed )); then say NOT-CHECKED data/tables "event $acquired took in an exhibit after the last analysis, event $analysed"; fi
  if (( reported && reported < analysed )); then say NOT-CHECKED data/reports "made by event $reported, before the last analysis, event $analysed"; fi
  while IFS= read -r path; do
    [[ -n $path ]] || continue
    file=data/$path found=${SHA["data/$path"]:-}
    [[ $found != "${LAST_SHA["$path"]}" ]] || continue
    shown "$file"
    case $path in
      custody/*) differ "$REPLY" "not as event ${LAST_EVENT["$path"]} filed it" "${LAST_SHA["$path"]}" "$found" ;;
      case.toml)
        path=INCOMPLETE
        # Nothing was made from it yet.
        if [[ ${FACT["${LAST_EVENT[case.toml]} action"]:-} == open ]]; then path=NOT-CHECKED; fi
        say "$path" "$REPLY" "changed since event ${LAST_EVENT[case.toml]}; expected ${LAST_SHA[case.toml]}, found ${found:-nothing}" ;;
      *)
        if [[ -n $found ]]; then differ "$REPLY" "altered since event ${LAST_EVENT["$path"]}" "${LAST_SHA["$path"]}" "$found"
        else say NOT-CHECKED "$REPLY" "absent, though event ${LAST_EVENT["$path"]} names it; it can be made again"; fi ;;
    esac
  done < <(printf '%s\n' "${!LAST_SHA[@]}" | sort)
  while IFS= read -r file; do
    shown "$file"; path=${file#data/}
    [[ -n ${LAST_SHA["$path"]:-} ]] || say NOT-CHECKED "$REPLY" 'no event names this file: nothing is said of it'
  done < <(below data | grep -aEv '^data/(evidence|working|custody)/')
  present data/case.toml || say INCOMPLETE data/case.toml absent
  present data/custody/case.jsonld && [[ -z ${LAST_SHA[custody/case.jsonld]:-} ]] \
    && say REMARK data/custody/case.jsonld 'an export for other programs, which no event names; it was not held against the ledger'
}

# ---------------------------------------------------------------- exchanges

# The checkpoint of an exhibit's tree.
check_exhibit_note() {
  local file=$1 id=$2 since=$WRONG
  read_note "$file" || { say INVALID "$file" 'not a checkpoint'; return; }
  [[ $N_ORIGIN == "$ORIGIN/$id" ]] || { shown "$N_ORIGIN"; differ "$file" 'the checkpoint of another tree' "$ORIGIN/$id" "$REPLY"; }
  [[ $N_SIZE == "${ID_COUNT["$id"]:-}" ]] || differ "$file" "not the number of exchanges that the acquisition of $id records" "${ID_COUNT["$id"]:-}" "$N_SIZE"
  [[ $N_ROOT == "${ID_ROOT["$id"]:-}" ]] || differ "$file" "not the root that the acquisition of $id records" "${ID_ROOT["$id"]:-}" "$N_ROOT"
  signature_of "$file" any
  sound "$since" "$file" "$N_SIZE exchanges, root as event ${OF_EVENT["${ID_PATH["$id"]}"]} records it, signature good"
}

check_exchanges() {
  local id=$1 list=data/custody/exchanges/$1.tsv note=data/custody/exchanges/$1.note file=data/${ID_PATH["$1"]}
  local since=$WRONG number offset length salt leaf done=0 i=0
  if present "$note"; then check_exhibit_note "$note" "$id"
  elif [[ -z ${GONE["${ID_PATH["$id"]}"]:-} ]]; then say INCOMPLETE "$note" 'absent, though the acquisition records exchanges'; fi
  if [[ -n ${GONE["${ID_PATH["$id"]}"]:-} ]]; then
    if present "$list"; then say INVALID "$list" "$id was destroyed, yet its list is there"; fi
    return
  fi
  present "$list" || { say INCOMPLETE "$list" 'absent: the root over the exchanges cannot be recomputed'; return; }
  present "$file" || return
  number=$(tr '\000' x <"$list" | awk -F'\t' -v size="${SIZE["$file"]}" '
    function whole(v) { return v ~ /^(0|[1-9][0-9]*)$/ && length(v) < 17 }
    NF != 5 || $1 != NR "" || !whole($2) || !whole($3) || length($4) != 32 || length($5) != 64 || ($4 $5) ~ /[^0-9a-f]/ || $2 + 0 < end || $2 + $3 > size + 0 { print NR; exit }
    { end = $2 + $3 }')
  [[ -z $(tail -c1 <"$list" | tr '\000' x) ]] || number=0
  [[ -z $number ]] || { say INVALID "$list line $number" "not number, offset, length, salt and leaf, in order, within the ${SIZE["$file"]} bytes of the exhibit"; return; }
  cut -f5 "$list" >"$TMP/listed-leaves"
  : >"$TMP/leaves"
  while read -r number offset length salt; do
    { printf '%b' "\\x00$salt"; dd if="$file" iflag=skip_bytes,count_bytes skip="$offset" count="$length" bs=64K status=none; } >"$TMP/node/$i"
    i=$((i + 1)) done=$number
    if (( i == 512 )); then
      hash_files "$TMP/node" "$i" >>"$TMP/leaves"; i=0; progress "$id: $number exchanges hashed"
    fi
  done < <(awk -F'\t' '{ for (n = 1; n < 32; n += 2) salt = salt "\\x" substr($4, n, 2); print $1, $2, $3, salt; salt = "" }' "$list")
  hash_files "$TMP/node" "$i" >>"$TMP/leaves"
  if ! cmp -s "$TMP/leaves" "$TMP/listed-leaves"; then
    read -r number leaf salt < <(paste "$TMP/listed-leaves" "$TMP/leaves" | awk '$1 != $2 { print NR, $1, $2; exit }')
    differ "$list line $number" "the bytes of exchange $number do not give its leaf" "$leaf" "$salt"
  fi
  [[ $done == "${ID_COUNT["$id"]}" ]] || differ "$list" 'not as many exchanges as the acquisition records' "${ID_COUNT["$id"]}" "$done"
  tree_build "$TMP/listed-leaves"
  root_at "$done"
  [[ $REPLY == "${ID_ROOT["$id"]}" ]] || differ "$list" 'not the root that the acquisition records' "${ID_ROOT["$id"]}" "$REPLY"
  sound "$since" "$list" "$done exchanges, each leaf and the root recomputed from the bytes of the exhibit"
}

# ---------------------------------------------------------------- signatures and stamps of others

# ssh_signature SIGNATURE FILE NAMESPACE: leaves the fingerprint of the key in BY.
ssh_signature() {
  local who since=$WRONG
  BY=
  if ! command -v ssh-keygen >/dev/null; then say NOT-CHECKED "$1" 'there is no ssh-keygen'; return; fi
  if ! REPLY=$(ssh-keygen -Y check-novalidate -n "$3" -s "$1" <"$2" 2>&1); then
    say INVALID "$1" "not a good signature over $2 in the namespace $3"; return
  fi
  BY=$(grep -oE 'SHA256:[A-Za-z0-9+/]{43}' <<<"$REPLY" | tail -n1)
  if [[ -z $SIGNERS ]]; then
    say UNTRUSTED-KEY "$1" "a good signature over $2 by the key $BY; no --signers says whose key that is"; return
  fi
  while IFS= read -r who; do
    if ssh-keygen -Y verify -f "$SIGNERS" -I "$who" -n "$3" -s "$1" <"$2" >/dev/null 2>&1; then
      shown "$who"; sound "$since" "$1" "a good signature over $2 by $REPLY, key $BY"; return
    fi
  done < <(ssh-keygen -Y find-principals -f "$SIGNERS" -s "$1" 2>/dev/null)
  say UNTRUSTED-KEY "$1" "a good signature over $2 by the key $BY, which --signers does not admit"
}

# time_stamp ANSWER NOTE SIZE DIGEST. What the token says is read from its DER, for in
# the text of `openssl ts` the server chooses some of the lines. A document has size 0
# and need not be there: its digest is enough.
time_stamp() {
  local file=$1 note=$2 size=$3 sum=$4 since=$WRONG chain=${1%.tsr}.pem oid imprint serial at limit moment
  local -a certificates=() untrusted=()
  if present "$chain"; then certificates=(-certfile "$chain") untrusted=(-untrusted "$chain"); fi
  if ! openssl ts -reply -in "$file" -token_out -out "$TMP/token" >/dev/null 2>&1 \
    || ! openssl cms -verify -inform DER -in "$TMP/token" -noverify -binary -signer "$TMP/signer" "${certificates[@]}" -out "$TMP/info" >/dev/null 2>&1; then
    say INVALID "$file" 'not an answer with a time-stamp token whose signature is good'; return
  fi
  # TSTInfo (RFC 3161 section 2.4.2): version, policy, imprint, serial, time.
  read -r oid imprint serial at < <(openssl asn1parse -inform DER -in "$TMP/info" 2>/dev/null | awk '
    { d = $0; sub(/^.*d=/, "", d); d += 0; v = $0; sub(/^[^:]*:[^:]*:/, "", v); sub(/^.*:/, "", v) }
    d == 3 && /OBJECT/ && !o { o = v }
    d == 2 && /OCTET STRING/ && !m { m = v }
    d == 1 && /INTEGER/ && ++n == 2 { s = v }
    d == 1 && /GENERALIZEDTIME/ && !t { t = v }
    END { print (o ? o : "-"), (m ? m : "-"), (s ? s : "-"), (t ? t : "-") }')
  [[ $oid == sha256 && ${imprint,,} == "$sum" ]] || differ "$file" "it does not stamp $note" "sha256 $sum" "$oid ${imprint,,}"
  serial=${serial,,} serial=${serial#"${serial%%[!0]*}"}
  if [[ ! $at =~ ^[0-9]{14}(\.[0-9]+)?Z$ ]] \
    || ! limit=$(date -u -d "${at:0:4}-${at:4:2}-${at:6:2} ${at:8:2}:${at:10:2}:${at:12:2}" +%s 2>/dev/null); then
    say INVALID "$file" 'its time cannot be read'; return
  fi
  moment=${at:15} moment=${moment%Z}000000
  at="${at:0:4}-${at:4:2}-${at:6:2} ${at:8:2}:${at:10:2}:${at:12:2} UTC"
  stamp_times "$file" "$size" "$sum" "$(( (limit + TO_1970) * 1000000 + 10#${moment:0:6} ))" "$at" "$serial"
  if [[ -z $TSA ]]; then
    sound_key "$since" "$file" "the token is good and says $at; no --tsa says which authorities are to be believed"
  elif REPLY=$(openssl ts -verify -digest "$sum" -in "$file" -CAfile "$TSA" "${untrusted[@]}" -attime "$limit" 2>&1) && [[ $REPLY == *'Verification: OK'* ]]; then
    # The nonce of the query shows that the answer is to it.
    if present "${file%.tsr}.tsq" && ! openssl ts -verify -queryfile "${file%.tsr}.tsq" -in "$file" -CAfile "$TSA" "${untrusted[@]}" -attime "$limit" >/dev/null 2>&1; then
      say INVALID "$file" "it does not answer the query ${file%.tsr}.tsq"
    fi
    sound "$since" "$file" "$note was there at $at, says an authority under --tsa"
  else
    sound_key "$since" "$file" "the token says $at, but no authority under --tsa vouches for it, or not for stamping"
  fi
}
sound_key() { (( WRONG > $1 )) || say UNTRUSTED-KEY "$2" "$3"; }

# The time of a token against the events under it, and after it was filed.
stamp_times() {
  local file=$1 size=$2 sum=$3 limit=$4 at=$5 serial=$6 seq event='' other='' found document=''
  (( size > 0 )) || document=$sum
  # A document was made before it was stamped.
  if [[ -n $document ]] && (( ${FACT["$DOCUMENT_MADE @time"]:-0} > limit + TOLERANCE )); then
    differ "$file" "event $DOCUMENT_MADE made the document later than the stamp over it: a clock was wrong, or it was dated forward" "not after $at" "${FACT["$DOCUMENT_MADE time"]:-}"
  fi
  for seq in "${SEQS[@]}"; do
    found=${FACT["$seq @time"]:-0}
    if (( seq <= size && found > limit + TOLERANCE )); then
      differ "$file" "event $seq says that it was later than the stamp over it: dated forward, or the stamp is of something older" "not after $at" "${FACT["$seq time"]:-}"; break
    fi
  done
  for seq in "${SEQS[@]}"; do
    [[ ${FACT["$seq action"]:-} == stamp && ${FACT["$seq stamp.size"]:-} == "$size" && ${FACT["$seq stamp.document"]:-} == "$document" ]] || continue
    found=${FACT["$seq stamp.serial"]} found=${found,,} found=${found#"${found%%[!0]*}"}
    if [[ $found == "$serial" && ${FACT["$seq @stamp.time"]:-} == "$limit" ]]; then event=$seq; else other=$seq; fi
  done
  if [[ -n $event ]]; then STAMPED["$event"]=1
  elif [[ $file == attestations/* || $KIND == production ]]; then return
  else say INCOMPLETE "$file" "no event records the filing of this token${other:+ (event $other is of another)}"; return; fi
  for seq in "${SEQS[@]}"; do
    found=${FACT["$seq @time"]:-0}
    if (( seq > event && found < limit - TOLERANCE )); then
      differ "$file" "event $seq comes after the filing of this stamp and says that it was earlier: dated back" "not before $at" "${FACT["$seq time"]:-}"; break
    fi
  done
}

declare -A STAMPED=()
DOCUMENT_MADE=0
# Everything filed beside the checkpoints in the folder $1, and after sealing.
check_attestations() {
  local file number note seq
  while IFS= read -r file; do
    number=${file##*/} number=${number%%.*} note=$1/$number.note
    if ! present "$note"; then say INVALID "$file" "there is no checkpoint $note that it could be of"; continue; fi
    case $file in
      *.sig) ssh_signature "$file" "$note" affiant-checkpoint@v1 ;;
      *.tsr) time_stamp "$file" "$note" "$((10#$number))" "${SHA["$note"]}" ;;
      *.tsq)
        if ! openssl ts -query -in "$file" -out "$TMP/query" >/dev/null 2>&1 || ! cmp -s "$TMP/query" "$file" \
          || [[ $(openssl asn1parse -inform DER -in "$file" | sed -n 's/.*OCTET STRING.*DUMP\]://p' | head -n1) != "${SHA["$note"]^^}" ]]; then
          say INVALID "$file" "not a query for a time-stamp of $note"
        fi
        present "${file%.tsq}.tsr" || present "attestations/$(basename "${file%.tsq}.tsr")" || say REMARK "$file" 'a query for a time-stamp that has no answer: it shows nothing' ;;
      *.pem) present "${file%.pem}.tsr" || say INVALID "$file" 'certificates that belong to no time-stamp' ;;
    esac
  done < <(below "($1|attestations)" | grep -aE "/$NUMBER\.$NAME\.(sig|tsq|tsr|pem)$")
}

# Each event that records a time-stamp has its token.
check_recorded_stamps() {
  local seq of
  for seq in "${SEQS[@]}"; do
    of="checkpoint ${FACT["$seq stamp.size"]:-}"
    [[ -z ${FACT["$seq stamp.document"]:-} ]] || of="document ${FACT["$seq stamp.document"]}"
    [[ $KIND == production || ${FACT["$seq action"]:-} != stamp || -n ${STAMPED["$seq"]:-} ]] \
      || say INVALID "event $seq" "the time-stamp that it records, of $of, serial ${FACT["$seq stamp.serial"]:-}, is not in the bag"
  done
}

# What persons and authorities put under documents: by the digest in the name.
check_documents() {
  local file name sum row seq action path digest document
  declare -A made=() place=()
  for row in "${OBJECTS[@]}"; do
    IFS=$SEP read -r seq action path digest _ <<<"$row"
    [[ $action != report ]] || { [[ -n ${made["$digest"]:-} ]] || made["$digest"]=$seq; }
    if [[ $path == reports/* && ${SHA["data/$path"]:-} == "$digest" ]]; then place["$digest"]=data/$path; fi
  done
  while IFS= read -r file; do
    name=${file##*/} sum=${name%%.*}
    if [[ -z ${made["$sum"]:-} ]]; then say INVALID "$file" 'no event records the making of the document that it is of'; continue; fi
    document=${place["$sum"]:-}
    case $file in
      *.sig)
        if [[ -n $document ]]; then ssh_signature "$file" "$document" affiant-document@v1
        else say NOT-CHECKED "$file" 'the document that was signed is not in the bag: it was deleted or made anew'; fi ;;
      *.tsr)
        DOCUMENT_MADE=${made["$sum"]}
        time_stamp "$file" "${document:-the document $sum}" 0 "$sum" ;;
      *.tsq)
        if ! openssl ts -query -in "$file" -out "$TMP/query" >/dev/null 2>&1 || ! cmp -s "$TMP/query" "$file" \
          || [[ $(openssl asn1parse -inform DER -in "$file" | sed -n 's/.*OCTET STRING.*DUMP\]://p' | head -n1) != "${sum^^}" ]]; then
          say INVALID "$file" "not a query for a time-stamp of the document $sum"
        fi
        present "${file%.tsq}.tsr" || say REMARK "$file" 'a query for a time-stamp that has no answer: it shows nothing' ;;
      *.pem) present "${file%.pem}.tsr" || say INVALID "$file" 'certificates that belong to no time-stamp' ;;
    esac
  done < <(below data/custody/documents | grep -aE "/$HEX64\.$NAME\.(sig|tsq|tsr|pem)$")
}

check_receipts() {
  local file number seq
  while IFS= read -r file; do
    number=${file##*/} number=${number%.*} seq=$((10#$number))
    [[ ${FACT["$seq action"]:-} =~ ^(transfer|disclose)$ ]] || say INVALID "$file" "event $seq is no transfer and no disclosure"
    case $file in
      *.txt) present "${file%.txt}.sig" || say INCOMPLETE "$file" 'a receipt without its signature' ;;
      *) if ! present "${file%.sig}.txt"; then say INVALID "$file" 'the signature of a receipt that is not there'; continue; fi
        ssh_signature "$file" "${file%.sig}.txt" affiant-receipt@v1
        [[ -z $BY || ${FACT["$seq transfer.signer"]:-} == *"$BY"* ]] \
          || differ "$file" "not the signer that event $seq names" "$(printf '%q' "${FACT["$seq transfer.signer"]:-}")" "$BY" ;;
    esac
  done < <(below data/custody/receipts | grep -aE "/$NUMBER\.(txt|sig)$")
}

# ---------------------------------------------------------------- productions

# Reads a tlog-proof: P_EXTRA, P_INDEX, P_HASHES; its checkpoint to TMP/proof.
read_proof() {
  local -a line
  local i=1
  P_EXTRA='' P_HASHES=()
  clean_text "$1" || return 1
  mapfile -t line <"$1"
  [[ ${line[0]} == c2sp.org/tlog-proof@v1 ]] || return 1
  if [[ ${line[i]:-} == 'extra '* ]]; then unbase64 "${line[i]#extra }" || return 1; P_EXTRA=$REPLY i=2; fi
  [[ ${line[i]:-} =~ ^index\ (0|[1-9][0-9]{0,15})$ ]] || return 1
  P_INDEX=${BASH_REMATCH[1]}
  for ((i++; i < ${#line[@]}; i++)); do
    [[ -n ${line[i]} ]] || break
    unbase64 "${line[i]}" && (( ${#REPLY} == 64 && ${#P_HASHES[@]} < 63 )) || return 1
    P_HASHES+=("$REPLY")
  done
  printf '%s\n' "${line[@]:i+1}" >"$TMP/proof"
}

# proved PROOF LEAF INDEX NOTE EXTRA: the leaf is under the checkpoint, which
# was just read from the file NOTE.
proved() {
  read_proof "$1" || { say INVALID "$1" 'not a proof (C2SP tlog-proof)'; return 1; }
  [[ $P_INDEX == "$3" ]] || { differ "$1" 'it proves another place' "index $3" "index $P_INDEX"; return 1; }
  [[ $5 == any || $P_EXTRA == "$5" ]] || { say INVALID "$1" 'extra data that does not belong here'; return 1; }
  cmp -s "$TMP/proof" "$4" || { say INVALID "$1" "its checkpoint is not $4"; return 1; }
}

# The one checkpoint, the events and their proofs.
check_events() {
  local file name i
  local -a notes stems
  mapfile -t notes < <(below data/checkpoints | grep -aE "/$NUMBER\.note$")
  (( ${#notes[@]} == 1 )) || { say INVALID data/checkpoints "${#notes[@]} checkpoints instead of one"; finish; }
  NOTE=${notes[0]}
  read_note "$NOTE" || { say INVALID "$NOTE" 'not a checkpoint: origin, size, root, blank line, signatures'; finish; }
  SIZE_OF_LEDGER=$N_SIZE ROOT_OF_LEDGER=$N_ROOT ORIGIN=$N_ORIGIN
  printf -v name '%06d' "$N_SIZE"
  [[ ${NOTE##*/} == "$name.note" ]] || say INVALID "$NOTE" 'its name is not its size'
  [[ $ORIGIN =~ ^affiant\.case/[a-z0-9-]{1,64}/[0-9a-f]{16}$ ]] || { say INVALID "$NOTE" 'its origin is not that of a case'; finish; }
  mapfile -t stems < <(below data/events | sed -nE "s#^data/events/($NUMBER)\.json\$#\1#p")
  (( ${#stems[@]} > 0 )) || { say INVALID data/events 'no event is produced'; finish; }
  NUMBERS=()
  : >"$TMP/lines"
  for i in "${!stems[@]}"; do
    file=data/events/${stems[i]}.json
    NUMBERS+=("$((10#${stems[i]}))")
    { printf '\0'; cat "$file"; } >"$TMP/leaf/$i"
    # A line feed in it would shift the numbers of all that follow.
    if (( $(tr -dc '\000-\037' <"$file" | wc -c) > 0 )) || ! utf8 "$file"; then
      say INVALID "$file" 'a line end or control character, or not UTF-8'
    fi
    tr '\000-\037' '\040' <"$file" >>"$TMP/lines"
    echo >>"$TMP/lines"
  done
  [[ $ICONV == yes ]] || say NOT-CHECKED data/events 'whether they are UTF-8: there is no iconv'
  load "$TMP/lines" event
  mapfile -t LEAVES < <(hash_files "$TMP/leaf" "${#stems[@]}")
  if present data/events/000001.json; then
    sha256_of data/events/000001.json; name=$ORIGIN; origin_from "$REPLY"
    [[ $name == "$ORIGIN" ]] || differ "$NOTE" 'the checkpoint of another case' "$ORIGIN" "$name"
  else
    say INCOMPLETE "$NOTE" "event 1 is not produced: that the origin $ORIGIN is made from it is not shown"
  fi
  check_keys
  read_note "$NOTE"
  signature_of "$NOTE" "$SIZE_OF_LEDGER" && say VALID "$NOTE" "$SIZE_OF_LEDGER events, signature good"
  for i in "${!stems[@]}"; do
    file=data/events/${stems[i]}.tlog-proof
    present "$file" || { say INVALID "data/events/${stems[i]}.json" 'without its proof'; continue; }
    proved "$file" "${LEAVES[i]}" "$((NUMBERS[i] - 1))" "$NOTE" '' || continue
    if included "${LEAVES[i]}" "$P_INDEX" "$SIZE_OF_LEDGER" "$ROOT_OF_LEDGER" "${P_HASHES[@]}"; then
      say VALID "data/events/${stems[i]}.json" "event ${NUMBERS[i]} of $SIZE_OF_LEDGER, as signed"
    else
      say INVALID "data/events/${stems[i]}.json" "the proof does not lead from this event to the root that was signed, $ROOT_OF_LEDGER"
    fi
  done
  say REMARK data/events "only what is produced is here: the chain from event to event, and what lies between, cannot be checked; nor whether every change of keys was produced"
}

# Bytes of single exchanges of exhibits that are withheld.
check_single_exchanges() {
  local file stem id number note leaf
  declare -A sound_note=()
  while IFS= read -r file; do
    id=${file##*/} id=${id%.note} sound_note["$id"]=$WRONG
    [[ -n ${ID_COUNT["$id"]:-} ]] || { say INVALID "$file" "no acquisition of $id with exchanges is produced"; continue; }
    check_exhibit_note "$file" "$id"
    grep -aqE "^data/exchanges/$id-$NUMBER\.bin$" "$TMP/files" || say INVALID "$file" 'it is of an exhibit of which no exchange is produced'
    (( WRONG > ${sound_note["$id"]} )) || sound_note["$id"]=sound
  done < <(below data/exchanges | grep -aE "/$EXHIBIT\.note$")
  while IFS= read -r file; do
    stem=${file%.bin} id=${stem##*/} number=${id##*-} id=${id%-*} note=data/exchanges/$id.note
    present "$stem.tlog-proof" || { say INVALID "$file" 'without its proof'; continue; }
    [[ ${sound_note["$id"]:-} == sound ]] || { say INVALID "$file" "$note, to which the proof must lead, is absent or not good"; continue; }
    read_note "$note"
    proved "$stem.tlog-proof" '' "$((10#$number - 1))" "$note" any || continue
    (( ${#P_EXTRA} == 32 )) || { say INVALID "$stem.tlog-proof" 'no salt of 16 bytes'; continue; }
    escaped "00$P_EXTRA"
    leaf=$({ printf '%b' "$REPLY"; cat "$file"; } | sha256sum | cut -c1-64)
    if included "$leaf" "$P_INDEX" "$N_SIZE" "$N_ROOT" "${P_HASHES[@]}"; then
      say VALID "$file" "exchange $((P_INDEX + 1)) of $N_SIZE of $id, ${SIZE["$file"]} bytes, as acquired"
    else
      say INVALID "$file" "the proof does not lead from these bytes to the root that the acquisition of $id records, $N_ROOT"
    fi
  done < <(below data/exchanges | grep -aE "/$EXHIBIT-$NUMBER\.bin$")
}

# Earlier checkpoints: those that the bag proves, then those received elsewhere.
check_earlier() {
  local file old new i subject since
  local -a line hashes
  declare -A proven=()
  while IFS= read -r file; do
    since=$WRONG
    clean_text "$file" && mapfile -t line <"$file" && [[ ${line[0]} == affiant/consistency-proof@v1 && ${line[1]:-} =~ ^hashes\ ([0-9]{1,2})$ ]] \
      || { say INVALID "$file" 'not a proof of consistency'; continue; }
    new=${BASH_REMATCH[1]} hashes=()
    for ((i = 2; i < 2 + 10#$new; i++)); do unbase64 "${line[i]:-}" && (( ${#REPLY} == 64 )) && hashes+=("$REPLY"); done
    [[ ${#hashes[@]} == "$new" && -z ${line[i]-x} && ${line[i + 1]:-} =~ ^old\ ([0-9]{1,3})$ ]] || { say INVALID "$file" 'not a proof of consistency'; continue; }
    old=$((10#${BASH_REMATCH[1]})) i=$((i + 2))
    printf '%s\n' "${line[@]:i:old}" >"$TMP/old"
    printf '%s\n' "${line[@]:i+old+1}" >"$TMP/new"
    [[ -z ${line[i + old]-x} ]] && cmp -s "$TMP/new" "$NOTE" || { say INVALID "$file" "the newer checkpoint is not $NOTE"; continue; }
    read_note "$TMP/old" && [[ $N_ORIGIN == "$ORIGIN" ]] || { say INVALID "$file" 'the older checkpoint is none of this case'; continue; }
    printf -v old 'data/consistency/%06d-%06d.consistency' "$N_SIZE" "$SIZE_OF_LEDGER"
    [[ $file == "$old" ]] || say INVALID "$file" 'its name is not its sizes'
    consistent "$N_SIZE" "$N_ROOT" "$SIZE_OF_LEDGER" "$ROOT_OF_LEDGER" "${hashes[@]}" || say INVALID "$file" "the ledger of $SIZE_OF_LEDGER events did not grow from that of $N_SIZE: two histories"
    signature_of "$file" "$N_SIZE"
    (( WRONG > since )) || proven["$N_SIZE"]=$N_ROOT
    sound "$since" "$file" "the first $N_SIZE of $SIZE_OF_LEDGER events are those that were signed before"
  done < <(below data/consistency | grep -aE "/$NUMBER-$NUMBER\.consistency$")
  proven["$SIZE_OF_LEDGER"]=$ROOT_OF_LEDGER
  for file in "${OUTSIDE[@]}"; do
    shown "$file"; subject="--checkpoint $REPLY"; since=$WRONG
    note_of_case "$file" "$subject" || continue
    signature_of "$subject" "$N_SIZE" || continue
    if (( N_SIZE > SIZE_OF_LEDGER )); then
      say INCOMPLETE "$subject" "it is later than the checkpoint of the production, of $SIZE_OF_LEDGER events: ask for a proof that the one grew from the other"
    elif [[ -z ${proven["$N_SIZE"]:-} ]]; then
      say INCOMPLETE "$subject" "no proof in data/consistency shows that the ledger grew from it: ask for one"
    elif [[ ${proven["$N_SIZE"]} != "$N_ROOT" ]]; then
      differ "$subject" "two histories of $N_SIZE events" "$N_ROOT" "${proven["$N_SIZE"]}"
    else
      sound "$since" "$subject" "the ledger of the production grew from these $N_SIZE events"
    fi
  done
}

# What was handed over is what the disclosure names, and nothing else.
check_disclosed() {
  local path events since=$WRONG
  events=$(for path in "${SEQS[@]}"; do printf '%s\n' "${FACT["$path action"]:-}"; done | grep -cx disclose)
  (( events > 0 )) || { say INCOMPLETE data/events 'no event records the disclosure'; return; }
  (( events == 1 )) || say INVALID data/events "$events events record a disclosure instead of one"
  while IFS= read -r path; do
    shown "$path"; path=${path#data/}
    [[ ${DISCLOSED["$path"]:-} == "${SHA["data/$path"]} ${SIZE["data/$path"]}" ]] \
      || differ "$REPLY" 'it is produced, but not as the disclosure names it' "${DISCLOSED["$path"]:-}" "${SHA["data/$path"]} ${SIZE["data/$path"]}"
  done < <(below data | grep -aE '^data/((evidence|working)/|exchanges/.*\.bin$)')
  refuse 'the disclosure names it, and it is not here' < <(for path in "${!DISCLOSED[@]}"; do present "data/$path" || printf 'data/%s\n' "$path"; done | sort)
  sound "$since" data 'what is produced is what the event of the disclosure names'
}

check_production() {
  local file path
  check_events
  check_info "$ORIGIN" "$SIZE_OF_LEDGER" "$ROOT_OF_LEDGER"
  read_objects
  while IFS= read -r file; do
    path=${file#data/}
    if [[ -n ${OF_SHA["$path"]:-} ]]; then recorded "$path"; else shown "$file"; say INVALID "$REPLY" 'no event of the production names this file'; fi
  done < <(below 'data/(evidence|working)')
  check_single_exchanges
  check_disclosed
  refuse 'no such file belongs in a production' < <(below data | grep -aEvx "data/((evidence|working)/.*|exchanges/$EXHIBIT(\.note|-$NUMBER\.(bin|tlog-proof))|events/$NUMBER\.(json|tlog-proof)|checkpoints/$NUMBER\.(note|$NAME\.(sig|tsq|tsr|pem))|keys/[0-9a-f]{8}\.(vkey|pem)|consistency/$NUMBER-$NUMBER\.consistency)")
  # Every proof proves something that is here.
  while IFS= read -r file; do
    path=${file%.tlog-proof}
    present "$path.json" || present "$path.bin" || say INVALID "$file" 'it proves nothing that is produced'
  done < <(below 'data/(events|exchanges)' | grep -a '\.tlog-proof$')
  check_key_files data/keys
  check_attestations data/checkpoints
  check_recorded_stamps
  check_earlier
}

check_case() {
  check_ledger data/custody/ledger.jsonl
  check_keys
  check_checkpoints
  check_case_files
  check_key_files data/custody/keys
  check_attestations data/custody/checkpoints
  check_documents
  check_recorded_stamps
  check_receipts
}

# ---------------------------------------------------------------- the call

PIN='' PIN_NAME='' SIGNERS='' TSA='' OUTSIDE=() KEY=''
# A file that the caller trusts: readable, and not from the bag that it judges.
trusted_file() {
  [[ -f $1 && -r $1 ]] || usage "cannot read $1"
  REPLY=$(realpath -e -- "$1") || usage "cannot find $1"
}
while (( $# > 0 )); do
  (( $# > 1 )) || usage "no such call: $1"
  case $1 in
    --key) if [[ $2 =~ ^[0-9A-Fa-f]{64}$ ]]; then PIN=${2,,}; else trusted_file "$2"; KEY=$REPLY; fi ;;
    --checkpoint) trusted_file "$2"; OUTSIDE+=("$REPLY") ;;
    --signers) trusted_file "$2"; SIGNERS=$REPLY ;;
    --tsa) trusted_file "$2"; TSA=$REPLY ;;
    *) usage "no such option: $1" ;;
  esac
  shift 2
done
here=${BASH_SOURCE[0]}
[[ $here == */* ]] || here=./$here
cd -P -- "${here%/*}" || usage 'cannot enter the folder of the bag'
for here in "$KEY" "$SIGNERS" "$TSA" "${OUTSIDE[@]}"; do
  [[ $here != "${PWD%/}"/* ]] || usage "$here lies in the bag itself: what is to be trusted must come by another way"
done

missing=
for here in awk base64 basename cat cmp cut date dd find grep head mktemp od openssl paste realpath sed seq sha256sum sha512sum sort tail tr uniq wc xargs; do
  command -v "$here" >/dev/null || missing+=" $here"
done
(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404 )) || missing+=' bash-4.4'
[[ $(openssl version 2>/dev/null) =~ ^OpenSSL\ [3-9] ]] || missing+=' OpenSSL-3'
if [[ -n $missing ]]; then say NOT-CHECKED tools "wanting:$missing"; finish; fi
ICONV=yes
command -v iconv >/dev/null || ICONV=no
TMP=$(mktemp -d) && TMP=$(cd -P -- "$TMP" && pwd -P) || { say NOT-CHECKED tools 'no temporary folder can be made'; finish; }
trap 'rm -rf -- "$TMP"' EXIT
[[ $TMP != "$PWD"/* ]] || usage 'the temporary folder lies in the bag: set TMPDIR'
mkdir "$TMP/node" "$TMP/line" "$TMP/leaf" "$TMP/key"
if [[ -n $KEY ]]; then
  REPLY=
  if grep -q '^-----BEGIN PUBLIC KEY-----' "$KEY"; then REPLY=$(openssl pkey -pubin -in "$KEY" -outform DER 2>/dev/null | od -An -v -tx1 | tr -d ' \n')
  elif [[ $(tail -n1 <"$KEY") =~ ^([^+]+)\+[0-9a-f]{8}\+(.+)$ ]]; then
    PIN_NAME=${BASH_REMATCH[1]}
    unbase64 "${BASH_REMATCH[2]}" && REPLY=$SPKI${REPLY#01}
  fi
  [[ $REPLY =~ ^$SPKI$HEX64$ ]] || usage "$KEY is no Ed25519 key, neither a vkey nor PEM"
  escaped "${REPLY#"$SPKI"}"
  PIN=$(printf '%b' "$REPLY" | sha256sum | cut -c1-64)
fi

check_bag
KIND=case
if [[ -n $(below data/events) ]]; then
  KIND=production
  if present data/custody/ledger.jsonl; then say INVALID data 'both a ledger and single events: neither the bag of a case nor a production'; fi
  check_production
else
  check_case
fi
(( ${#OUTSIDE[@]} > 0 )) || say NOT-CHECKED 'end of the ledger' 'no --checkpoint received by another way: that events were cut off at the end, or the whole was written anew by who holds the key, would not be seen'
finish
