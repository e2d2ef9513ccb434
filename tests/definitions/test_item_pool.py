"""The instrument files hold the item pool word for word."""

from pathlib import Path

import pandas as pd
import pytest

import innovsurvey as isv

POOL = pd.read_csv(
    Path(__file__).parents[1] / "data" / "items" / "items.csv", keep_default_na=False
).set_index("id")
ITEMS = {
    item.id: (instrument, item)
    for name in isv.list_instruments()["id"]
    for instrument in [isv.load_instrument(name)]
    for item in instrument.items
}
PAIRS = POOL.index[POOL["response"] == "bipolar7"]
WORDED = POOL.index.difference(PAIRS)


@pytest.mark.parametrize("item_id", WORDED)
def test_the_self_wording_is_that_of_the_pool(item_id):
    _, item = ITEMS[item_id]
    assert item.text(item.versions[0])["en"] == POOL.loc[item_id, "self"]


@pytest.mark.parametrize("item_id", POOL.index[POOL["observer"] != ""].difference(PAIRS))
def test_the_observer_or_practice_wording_is_that_of_the_pool(item_id):
    wanted = POOL.loc[item_id, "observer"]
    if POOL.loc[item_id, "scale"] in {"npm", "npg"}:
        _, item = ITEMS[f"{item_id[:3]}P{item_id[3:]}"]
        assert item.text()["en"] == wanted
    else:
        _, item = ITEMS[item_id]
        version = "observer" if "observer" in item.versions else item.versions[0]
        assert item.text(version)["en"] == wanted


@pytest.mark.parametrize("item_id", PAIRS)
def test_both_poles_of_a_pair_are_those_of_the_pool(item_id):
    _, item = ITEMS[item_id]
    wording = POOL.loc[item_id, "self"]
    assert item.left["en"] in wording
    assert item.right["en"] in wording
    assert item.reverse == (POOL.loc[item_id, "key"] == "flip")


@pytest.mark.parametrize("item_id", WORDED)
def test_format_and_key_are_those_of_the_pool(item_id):
    _, item = ITEMS[item_id]
    # politicians have no project, so their format words "not needed" in another way
    assert item.format.removesuffix("_year") == POOL.loc[item_id, "response"]
    assert item.reverse == (POOL.loc[item_id, "key"] == "-")


@pytest.mark.parametrize("form", ["short", "core"])
def test_forms_of_the_roles_are_those_of_the_pool(form):
    roles = POOL[POOL["scale"].isin(["convener", "facilitator", "catalyst"])]
    wanted = roles.index[roles["form"].str.split("+").map(lambda parts: form in parts)]
    assert isv.load_instrument("collaborative-leadership").form(form).items == tuple(wanted)
