#!/usr/bin/env bash
# Custody by stock tools: a case is signed, stamped, sealed and produced, and
# bagit.py, hashdeep, sha256sum, openssl, ssh-keygen, case_validate and the
# bag's own verify.sh each have their say.
#
# custody.sh AFFIANT CASE VENV: the program, a case folder, a Python environment.
set -euo pipefail
affiant=$(realpath "$1") venv=$(realpath "$3")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cp -r "$2" "$work/case"
cd "$work"

# wants CODE COMMAND…: the command ends with that code.
wants() {
  local code=$1 found=0
  shift
  "$@" >"$work/said" 2>&1 || found=$?
  if [ "$found" != "$code" ]; then
    printf 'ended with %s instead of %s: %s\n' "$found" "$code" "$*"
    cat "$work/said"
    exit 1
  fi
}

# A time-stamping authority of our own.
mkdir tsa
cat > tsa/openssl.cnf <<'CNF'
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = tsa/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CNF
echo 01 > tsa/serial
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Test root" \
  -config tsa/openssl.cnf -extensions root -keyout tsa/root.key -out tsa/root.pem 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Test stamper" \
  -config tsa/openssl.cnf -keyout tsa/stamper.key -out tsa/stamper.csr 2>/dev/null
openssl x509 -req -in tsa/stamper.csr -CA tsa/root.pem -CAkey tsa/root.key -CAcreateserial -days 30 \
  -extfile tsa/openssl.cnf -extensions stamper -out tsa/stamper.pem 2>/dev/null
# stamped PATH: asks and answers for the last checkpoint of a case or a bag.
stamped() {
  local query
  query=$("$affiant" stamp "$1" --tsa-name test --request --json | sed -n 's/.*"query": "\(.*\)".*/\1/p')
  openssl ts -reply -config tsa/openssl.cnf -queryfile "$query" -inkey tsa/stamper.key \
    -signer tsa/stamper.pem -chain tsa/root.pem -out "$work/answer.tsr" 2>/dev/null
  "$affiant" stamp "$1" --tsa-name test --attach "$work/answer.tsr" --tsa tsa/root.pem
}

echo "- a key, a checkpoint, a person's signature, a time-stamp"
"$affiant" key new case --output log.pem
"$affiant" checkpoint case --log-key log.pem
ssh-keygen -q -t ed25519 -N "" -C "" -f person
"$affiant" sign case --identity examiner@example.org --with person
stamped case
size=$(basename "$(ls case/custody/checkpoints/*.note)" .note)
early=case/custody/checkpoints/$size.note
cp "$early" served.note
"$affiant" notice case --size "$((10#$size))" --output notice.pdf
printf 'examiner@example.org namespaces="affiant-checkpoint@v1" %s\n' "$(cat person.pub)" > signers
key=$("$affiant" key list case --json | sed -n 's/.*"sha256": "\([0-9a-f]*\)".*/\1/p')
trust=(--key "$key" --checkpoint served.note --signers signers --tsa tsa/root.pem)

echo "- the checkpoint by openssl"
sed '/^$/,$d' served.note > text
sed -n 's/^— [^ ]* //p' served.note | base64 -d | tail -c +5 > signature
openssl pkeyutl -verify -pubin -inkey case/custody/keys/*.pem -rawin -in text -sigfile signature
echo "- the signature by ssh-keygen, the time-stamp by openssl ts"
ssh-keygen -Y verify -f signers -I examiner@example.org -n affiant-checkpoint@v1 \
  -s "${early%.note}.examiner.sig" < "$early"
openssl ts -verify -data "$early" -in "${early%.note}.test.tsr" -CAfile tsa/root.pem 2>/dev/null

echo "- a production of one exhibit and one exchange of another"
wants 0 "$affiant" produce case --to "the other side" --exhibit E-0001 --exchange E-0002:1 \
  --since served.note --log-key log.pem --output production
echo "- the sealed bag, signed and stamped after sealing"
wants 0 "$affiant" seal case --log-key log.pem --output bag
"$affiant" sign bag --identity examiner@example.org --with person
stamped bag

for bag in bag production; do
  echo "- $bag: bagit.py, sha256sum, sha512sum, hashdeep"
  wants 0 "$venv/bin/bagit.py" --validate "$bag"
  (cd "$bag" && sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt \
    && sha512sum --quiet --strict -c manifest-sha512.txt tagmanifest-sha512.txt)
  { printf '%%%%%%%% HASHDEEP-1.0\n%%%%%%%% size,sha256,filename\n'
    (cd "$bag" && sed 's/  / /' manifest-sha256.txt | while read -r sum file; do
      printf '%s,%s,./%s\n' "$(stat -c %s "$file")" "$sum" "$file"
    done); } > known
  (cd "$bag" && hashdeep -c sha256 -r -l -a -k ../known ./data)
  echo "- $bag: verify.sh and affiant verify, to who was served the checkpoint and to who was not"
  wants 0 bash "$bag/verify.sh" "${trust[@]}"
  wants 0 "$affiant" verify "$bag" "${trust[@]}"
  wants 5 bash "$bag/verify.sh"
  wants 5 "$affiant" verify "$bag"
done
wants 0 "$affiant" verify case --key "$key" --checkpoint served.note --signers signers --tsa tsa/root.pem

echo "- CASE/UCO by case_validate"
wants 0 "$venv/bin/case_validate" --built-version case-1.4.0 bag/data/custody/case.jsonld

echo "- one byte of an exhibit is changed: everybody says so"
chmod u+w bag/data/evidence/E-0001.*
printf 'x' | dd of="$(ls bag/data/evidence/E-0001.*)" bs=1 seek=10 conv=notrunc status=none
wants 1 "$affiant" verify bag "${trust[@]}"
wants 1 bash bag/verify.sh "${trust[@]}"
wants 1 "$venv/bin/bagit.py" --validate bag
echo "custody: all agree"
