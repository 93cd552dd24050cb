DROP TRIGGER coupon_use_final ON lending_couponuse;
DROP FUNCTION lending_coupon_use_final();
