DROP TRIGGER card_transfer_steps ON lending_cardtransfer;
DROP FUNCTION lending_card_transfer_steps();
