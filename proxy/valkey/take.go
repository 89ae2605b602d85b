package valkey

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/sealane/sealane/proxy/limits"
)

// takeScript is the generic cell rate algorithm, by the server's clock: the key
// holds the moment at which the bucket is full again, and lives until then. The debt
// is how far off that is. One after which it would take longer than all of the
// burst to fill is refused. A moment farther off than that is of a clock set back, or
// of another rate.
//
// Arguments and debt are microseconds, which a Lua number holds exactly; written out
// by format, since tostring gives 14 digits.
var takeScript = rueidis.NewLuaScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local every, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1])) or now
local debt = math.min(math.max(full - now, 0), most)
if debt + every > most then return {0, debt} end
debt = debt + every
redis.call('SET', KEYS[1], string.format('%.0f', now + debt), 'PX', math.ceil(debt / 1000))
return {1, debt}
`)

// Take counts one under a key.
func (c *Client) Take(ctx context.Context, key string, r limits.Rate) limits.Verdict {
	if !c.Healthy() {
		return c.counter.Take(ctx, key, r)
	}
	waiting, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	v, err := c.take(waiting, hashed("l", key), r)
	if err != nil {
		c.lost(err)
		return c.counter.Take(ctx, key, r)
	}
	return v
}

// take runs the script.
func (c *Client) take(ctx context.Context, key string, r limits.Rate) (limits.Verdict, error) {
	every := max(time.Microsecond, r.Every.Truncate(time.Microsecond))
	most := time.Duration(r.Burst) * every
	result, err := takeScript.Exec(ctx, c.server, []string{key}, []string{
		strconv.FormatInt(every.Microseconds(), 10), strconv.FormatInt(most.Microseconds(), 10),
	}).AsIntSlice()
	if err != nil {
		return limits.Verdict{}, err
	}
	if len(result) != 2 {
		return limits.Verdict{}, errReply
	}
	debt := time.Duration(result[1]) * time.Microsecond
	v := limits.Verdict{OK: result[0] == 1, Rate: r, Remaining: int((most - debt) / every)}
	if v.Remaining < r.Burst {
		v.Reset = debt - time.Duration(r.Burst-v.Remaining-1)*every
	}
	return v, nil
}
