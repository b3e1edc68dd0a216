"""Our numbers beside PTB's: neither can drift alone."""

from telegram import constants

from bot.demo.telegram import limits


def test_every_limit_that_ptb_names_is_ptbs() -> None:
    pairs = [
        (limits.TEXT, constants.MessageLimit.MAX_TEXT_LENGTH),
        (limits.CAPTION, constants.MessageLimit.CAPTION_LENGTH),
        (limits.ENTITIES, constants.MessageLimit.MESSAGE_ENTITIES),
        (limits.CALLBACK_DATA, constants.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA),
        (limits.COPY_TEXT, constants.InlineKeyboardButtonLimit.MAX_COPY_TEXT),
        (limits.ANSWER, constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH),
        (limits.COMMANDS, constants.BotCommandLimit.MAX_COMMAND_NUMBER),
        (limits.COMMAND, constants.BotCommandLimit.MAX_COMMAND),
        (limits.COMMAND_DESCRIPTION, constants.BotCommandLimit.MAX_DESCRIPTION),
        (limits.NAME, constants.BotNameLimit.MAX_NAME_LENGTH),
        (limits.DESCRIPTION, constants.BotDescriptionLimit.MAX_DESCRIPTION_LENGTH),
        (limits.SHORT_DESCRIPTION, constants.BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH),
        (limits.POLL, constants.PollingLimit.MAX_LIMIT),
        (limits.DELETIONS, constants.BulkRequestLimit.MAX_LIMIT),
        (limits.CONNECTIONS, constants.WebhookLimit.MAX_CONNECTIONS_LIMIT),
        (limits.SECRET_TOKEN, constants.WebhookLimit.MAX_SECRET_TOKEN_LENGTH),
        (limits.DOWNLOAD, constants.FileSizeLimit.FILESIZE_DOWNLOAD),
        (limits.UPLOAD, constants.FileSizeLimit.FILESIZE_UPLOAD),
        (limits.PHOTO, constants.FileSizeLimit.PHOTOSIZE_UPLOAD),
        (limits.BUTTONS, constants.InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER),
    ]

    assert [int(ours) for ours, _ in pairs] == [int(theirs) for _, theirs in pairs]
