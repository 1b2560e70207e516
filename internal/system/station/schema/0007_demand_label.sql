-- +goose Up
-- What an office calls a kind of demand, where the catalogue has no name or
-- another: couriers → 美团骑手订单.
CREATE TABLE station_demand_label (
	kind  TEXT PRIMARY KEY,
	label TEXT NOT NULL
);
