// Encodes consent at random with the libraries of the IAB Tech Lab, `@iabtcf/core`
// and `@iabgpp/cmpapi`, and writes each string with what the library itself reads
// out of it, one JSON object a line: `node iab.js COUNT SEED`. NODE_PATH names the
// folder of the packages.
"use strict";

const { GVL, PurposeRestriction, TCModel, TCString } = require("@iabtcf/core");
const { GppModel } = require("@iabgpp/cmpapi");

const count = Number(process.argv[2]);
let state = Number(process.argv[3]) >>> 0;

// xorshift of 32 bits: the same seed gives the same strings.
function next(below) {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % below;
}

// Numbers from 1 to max, few or many, alone or in a row.
function some(max) {
  const ids = new Set();
  const many = [0, 1, 3, max][next(4)];
  for (let i = 0; i < many; i += 1) {
    const start = 1 + next(max);
    const length = next(3) === 0 ? next(12) : 1;
    for (let id = start; id < Math.min(start + length, max + 1); id += 1) {
      ids.add(id);
    }
  }
  return [...ids].sort((a, b) => a - b);
}

const VENDORS = 1200;
const purposes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

// A list of vendors that leaves every number free: the library drops consent
// for what the list does not have.
function list() {
  const named = (ids) =>
    Object.fromEntries(
      ids.map((id) => [id, { id, name: `${id}`, description: "", illustrations: [] }]),
    );
  const vendors = {};
  for (let id = 1; id <= VENDORS; id += 1) {
    vendors[id] = {
      id,
      name: `${id}`,
      purposes: id % 2 ? purposes : [1],
      legIntPurposes: id % 2 ? [] : [2, 7, 8, 9, 10, 11],
      flexiblePurposes: [2, 7, 8, 9, 10, 11],
      specialPurposes: [1],
      features: [],
      specialFeatures: [1, 2],
      policyUrl: "",
      urls: [],
    };
  }
  return new GVL({
    gvlSpecificationVersion: 3,
    vendorListVersion: 1 + next(4000),
    tcfPolicyVersion: 4 + next(2),
    lastUpdated: "2024-01-01T00:00:00Z",
    purposes: named(purposes),
    specialPurposes: named([1, 2]),
    features: named([1, 2, 3]),
    specialFeatures: named([1, 2]),
    stacks: {},
    dataCategories: {},
    vendors,
  });
}

const ids = (vector) => [...vector].filter(([, on]) => on).map(([id]) => id);

function tcf(vendors) {
  const model = new TCModel(vendors);
  model.cmpId = 2 + next(4000);
  model.cmpVersion = 1 + next(4000);
  model.consentScreen = next(64);
  model.consentLanguage = ["en", "fr", "de", "nl"][next(4)];
  model.publisherCountryCode = ["aa", "de", "fr"][next(3)];
  model.isServiceSpecific = true;
  model.purposeOneTreatment = next(2) === 1;
  model.specialFeatureOptins.set(some(2));
  model.purposeConsents.set(some(11));
  model.purposeLegitimateInterests.set(some(11));
  model.vendorConsents.set(some(VENDORS));
  model.vendorLegitimateInterests.set(some(VENDORS));
  model.vendorsDisclosed.set(some(VENDORS));
  model.publisherConsents.set(some(11));
  model.publisherLegitimateInterests.set(some(11));
  model.numCustomPurposes = next(4);
  if (model.numCustomPurposes > 0) {
    model.publisherCustomConsents.set(some(model.numCustomPurposes));
    model.publisherCustomLegitimateInterests.set(some(model.numCustomPurposes));
  }
  for (let i = next(4); i > 0; i -= 1) {
    const restriction = new PurposeRestriction(2 + next(2) * 5, next(3));
    for (const id of some(200)) {
      model.publisherRestrictions.add(id, restriction);
    }
  }
  const text = TCString.encode(model);
  const read = TCString.decode(text);
  const restrictions = read.publisherRestrictions
    .getRestrictions()
    .map((one) => ({
      purpose: one.purposeId,
      kind: one.restrictionType,
      vendors: read.publisherRestrictions.getVendors(one),
    }));
  return {
    kind: "tcf",
    text,
    created: read.created.getTime(),
    updated: read.lastUpdated.getTime(),
    cmp_id: Number(read.cmpId),
    cmp_version: Number(read.cmpVersion),
    screen: read.consentScreen,
    language: read.consentLanguage,
    vendor_list_version: read.vendorListVersion,
    policy_version: read.policyVersion,
    service_specific: read.isServiceSpecific,
    purpose_one_treatment: read.purposeOneTreatment,
    publisher_country: read.publisherCountryCode,
    special_features: ids(read.specialFeatureOptins),
    purposes_consent: ids(read.purposeConsents),
    purposes_legitimate_interest: ids(read.purposeLegitimateInterests),
    vendors_consent: ids(read.vendorConsents),
    vendors_legitimate_interest: ids(read.vendorLegitimateInterests),
    vendors_disclosed: ids(read.vendorsDisclosed),
    publisher_consent: ids(read.publisherConsents),
    publisher_legitimate_interest: ids(read.publisherLegitimateInterests),
    custom_purposes: read.numCustomPurposes,
    custom_consent: ids(read.publisherCustomConsents),
    custom_legitimate_interest: ids(read.publisherCustomLegitimateInterests),
    restrictions,
  };
}

const STATES = [
  "usnat", "usca", "usva", "usco", "usut", "usct", "usfl", "usmt", "usor",
  "ustx", "usde", "usia", "usne", "usnh", "usnj", "ustn", "usmn",
];

function gpp() {
  const model = new GppModel();
  if (next(3) === 0) {
    model.setFieldValue("uspv1", "Version", 1);
    for (const name of ["Notice", "OptOutSale", "LspaCovered"]) {
      model.setFieldValue("uspv1", name, ["Y", "N", "-"][next(3)]);
    }
  }
  for (const state of STATES) {
    if (next(4) !== 0) {
      continue;
    }
    model.setFieldValue(state, "SaleOptOut", 0);
    if (state === "usnat" && next(2) === 0) {
      model.setFieldValue(state, "Version", 1);
    }
    for (const [name, value] of Object.entries(model.toObject()[state])) {
      if (name === "Version" || name === "GpcSegmentType") {
        continue;
      }
      if (name === "Gpc") {
        if (next(2) === 0) {
          model.setFieldValue(state, "GpcSegmentIncluded", false);
        } else {
          model.setFieldValue(state, "GpcSegmentIncluded", true);
          model.setFieldValue(state, "Gpc", next(2) === 1);
        }
      } else if (Array.isArray(value)) {
        model.setFieldValue(state, name, value.map(() => next(3)));
      } else if (name === "MspaCoveredTransaction") {
        model.setFieldValue(state, name, 1 + next(2));
      } else {
        model.setFieldValue(state, name, next(3));
      }
    }
  }
  if (next(2) === 0) {
    model.setFieldValue("tcfcav1", "CmpId", 1 + next(4000));
    model.setFieldValue("tcfcav1", "CmpVersion", 1 + next(4000));
    model.setFieldValue("tcfcav1", "ConsentScreen", next(64));
    model.setFieldValue("tcfcav1", "ConsentLanguage", ["EN", "FR"][next(2)]);
    model.setFieldValue("tcfcav1", "VendorListVersion", next(4000));
    model.setFieldValue("tcfcav1", "TcfPolicyVersion", next(6));
    const bits = (length) => Array.from({ length }, () => next(2) === 1);
    model.setFieldValue("tcfcav1", "SpecialFeatureExpressConsent", bits(12));
    model.setFieldValue("tcfcav1", "PurposesExpressConsent", bits(24));
    model.setFieldValue("tcfcav1", "PurposesImpliedConsent", bits(24));
    model.setFieldValue("tcfcav1", "VendorExpressConsent", some(VENDORS));
    model.setFieldValue("tcfcav1", "VendorImpliedConsent", some(VENDORS));
    model.setFieldValue("tcfcav1", "DisclosedVendors", some(VENDORS));
  }
  const text = model.encode();
  const read = new GppModel(text);
  return { kind: "gpp", text, ids: read.getSectionIds(), sections: read.toObject() };
}

const vendors = list();
vendors.readyPromise.then(() => {
  for (let i = 0; i < count; i += 1) {
    process.stdout.write(`${JSON.stringify(tcf(vendors))}\n`);
    process.stdout.write(`${JSON.stringify(gpp())}\n`);
  }
});
