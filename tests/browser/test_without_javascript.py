"""A reader's visit, from the empty article to a conversation, in a browser that runs no JavaScript."""

from __future__ import annotations

from urllib.parse import urlsplit

POLITE = "At last a cycle lane on the bridge, thank you."
ABUSIVE = "You are a stupid idiot and I hope you die."
PREVIEW = "Your reply is awaiting moderation. This is a preview; it will be visible after it has been approved."


def test_javascript_is_really_off(reader):
    reader.opens("data:text/html,<body>off<script>document.body.textContent='on'</script>")

    assert reader.sees() == "off"


def test_the_first_reply_is_published_and_seen_after_the_redirect(fresh_service, reader):
    reader.opens(f"{fresh_service.url}/demo/")
    assert "Be the first to comment" in reader.sees()
    assert "Your email address will not be published. Required fields are marked *" in reader.sees()

    reader.posts(POLITE, author="Ada")

    assert reader.find("#thread-heading").text == "1 reply"
    assert POLITE in reader.find(".reply").text
    assert "Ada" in reader.find(".reply").text
    assert PREVIEW not in reader.sees()
    assert urlsplit(reader.browser.current_url).fragment == reader.find(".reply").get_attribute("id")


def test_an_abusive_reply_is_seen_by_its_author_alone(running_service, reader):
    reader.opens(f"{running_service.url}/demo/")

    reader.posts(ABUSIVE, author="Rude")

    assert PREVIEW in reader.find(".waiting").text
    assert ABUSIVE in reader.find(".waiting").text
    assert "unapproved=" in reader.browser.current_url

    reader.opens(f"{running_service.url}/demo/")
    assert ABUSIVE not in reader.sees()


def test_a_reply_is_answered(running_service, reader, published):
    parent = published("Who paid for the lamps? The article does not say.", name="Wren")
    reader.opens(f"{running_service.url}/demo/")

    reader.find(f"#comment-{parent} .reply-links a").click()
    assert reader.find("#respond-heading").text == "Leave a Reply to Wren"
    reader.posts("The city did, it says so on the sign.", author="Mo")

    answer = reader.find(f"li:has(> #comment-{parent}) > .answers .reply")
    assert "The city did" in answer.text


def test_an_answer_can_be_cancelled(running_service, reader, published):
    parent = published("I walked over it this morning and the view is lovely.")
    reader.opens(f"{running_service.url}/demo/?replytocom={parent}#respond")

    reader.follows("Cancel reply")

    assert reader.find("#respond-heading").text == "Leave a Reply"
    assert reader.find("input[name=comment_parent]").get_attribute("value") == "0"


def test_a_refused_reply_keeps_its_text_and_is_sent_again_from_the_same_page(running_service, reader):
    text = "The benches in the middle are a nice touch."
    reader.opens(f"{running_service.url}/demo/")

    reader.posts(text, email="ada..lovelace@example.org")  # browsers let two dots pass

    assert reader.find("h1").text == "Your reply was not sent"
    assert reader.find("textarea[name=comment]").get_attribute("value") == text
    assert reader.find("#email-mistake").text

    reader.writes(email="ada.mended@example.org")
    reader.presses_the_button()
    assert text in reader.find(".replies").text


def test_a_duplicate_keeps_its_text(running_service, reader):
    text = "There is a rail at the right height."
    for _ in range(2):
        reader.opens(f"{running_service.url}/demo/")
        reader.posts(text, email="twice@example.org")

    assert reader.find("h1").text == "You have said that already"
    assert reader.find("textarea[name=comment]").get_attribute("value") == text

    reader.follows("Back to the article")
    assert reader.find("h1").text.startswith("The new bridge")


def test_the_browser_remembers_with_consent(running_service, reader):
    reader.opens(f"{running_service.url}/demo/")
    reader.find("#consent").click()

    reader.posts("Two wheelchairs can pass, but only just.", author="Zoë", email="zoe@example.org")

    assert reader.find("#author").get_attribute("value") == "Zoë"
    assert reader.find("#email").get_attribute("value") == "zoe@example.org"
    assert reader.find("#consent").is_selected()


def test_the_trap_is_out_of_sight(running_service, reader):
    reader.opens(f"{running_service.url}/demo/")

    assert not reader.find("#ak_hp_textarea").is_displayed()
    assert "Leave this field empty" not in reader.sees()
